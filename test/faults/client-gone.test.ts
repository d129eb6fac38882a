import { describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import { submit } from '../support/flight.ts';
import { enginesOf, signalAll } from '../support/processes.ts';
import { startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

describe('when a client leaves before it has its answer', () => {
  it('its work is dropped and does not keep the others waiting', async () => {
    await using server = await startService();
    const { client } = server;
    const expected = await client.logits(QUERY, DOCUMENTS);
    const engines = await enginesOf(process.pid);
    const documents = Array.from({ length: 1000 }, (_, index) => `${DOCUMENTS[0]} It is number ${index}.`);
    const leaving = new AbortController();

    // The engines stand still: what leaves the queue was dropped, not scored.
    signalAll(engines, 'SIGSTOP');
    const { sent: abandoned } = await submit(client, documents.length, () =>
      expect(
        client.send('POST', '/rerank', {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: QUERY, documents }),
          signal: leaving.signal,
        }),
      ).rejects.toThrow(/aborted/),
    );
    expect(await client.metric('rerankd_queue_pairs')).toBeGreaterThan(0);
    expect(await client.metric('rerankd_admitted_tokens')).toBeGreaterThan(0);
    const batched = await client.metric('rerankd_batch_pairs_sum');
    leaving.abort();
    await abandoned;
    await until('the queue is empty', async () => (await client.metric('rerankd_queue_pairs')) === 0);
    expect(await client.metric('rerankd_queue_tokens')).toBe(0);
    expect(await client.metric('rerankd_admitted_tokens')).toBe(0);
    expect(await client.metric('rerankd_batch_pairs_sum')).toBe(batched);
    expect(server.log.lines).toContainEqual(
      expect.objectContaining({ msg: 'request', path: '/rerank', status: 499 }),
    );
    const { body } = await client.get<string>('/metrics');
    expect(body).toMatch(/^rerankd_http_requests_total\{route="\/rerank",method="POST",status="499"\} 1$/m);

    signalAll(engines, 'SIGCONT');
    expect(largestDifference(await client.logits(QUERY, DOCUMENTS), expected)).toBeLessThan(SAME_SCORE);
  });

  it('an update does not wait for it', async () => {
    await using server = await startService();
    const { client } = server;
    const engines = await enginesOf(process.pid);
    const leaving = new AbortController();
    signalAll(engines, 'SIGSTOP');
    const { sent: abandoned } = await submit(client, DOCUMENTS.length, () =>
      expect(
        client.send('POST', '/rerank', {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: QUERY, documents: DOCUMENTS }),
          signal: leaving.signal,
        }),
      ).rejects.toThrow(/aborted/),
    );
    leaving.abort();
    await abandoned;
    // The old engines never come back to answer: only a released lease lets the drain end.
    // In mode hold nothing is asked of them either.
    const { current_model } = await client.update('local://demo-next', { mode: 'hold' });
    expect(current_model).toBe('local://demo-next');
    expect((await client.rerank(QUERY, DOCUMENTS)).body.model).toBe('local://demo-next');
  });
});
