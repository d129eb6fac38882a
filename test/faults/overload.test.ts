import { afterEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import { expectError } from '../support/error-answer.ts';
import { signalAll } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';
import { untilAdmitted, untilIdle } from '../support/work-in-flight.ts';

describe('a server whose engines stand still', () => {
  let server: ServiceUnderTest;
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = () => server.client.post('/rerank', { query: QUERY, documents: DOCUMENTS });

  it('refuses what it has no room for, and answers what it took in', async () => {
    server = await startService({ RERANK_MAX_QUEUE_TOKENS: '100' });
    const expected = await server.client.logits(QUERY, DOCUMENTS);
    const { processes } = (await server.client.info()).engines;
    signalAll(processes, 'SIGSTOP');
    const taken = server.client.logits(QUERY, DOCUMENTS);
    await untilAdmitted(server.client, 1);
    const refused = await ask();
    expect(expectError(refused, 429, 'overloaded', /too many tokens/).detail).toContain(
      'RERANK_MAX_QUEUE_TOKENS',
    );
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(await server.client.metric('rerankd_requests_refused_total')).toBe(1);
    signalAll(processes, 'SIGCONT');
    expect(largestDifference(await taken, expected)).toBeLessThan(SAME_SCORE);
    await untilIdle(server.client);
    expect((await ask()).status).toBe(200);
  });

  it('gives requests up after their time, and works on when the engines do', async () => {
    server = await startService({ RERANK_REQUEST_TIMEOUT_MS: '500' });
    const { processes } = (await server.client.info()).engines;
    signalAll(processes, 'SIGSTOP');
    const answers = await Promise.all(Array.from({ length: 6 }, ask));
    for (const answer of answers) {
      const error = expectError(answer, 504, 'timeout', /not done within 500 ms/);
      expect(error.detail).toContain('RERANK_REQUEST_TIMEOUT_MS');
    }
    await untilIdle(server.client);
    expect(await server.client.metric('rerankd_queue_pairs')).toBe(0);
    expect((await server.client.get('/livez')).status).toBe(200);
    signalAll(processes, 'SIGCONT');
    // The first ones may still wait behind what the engines had taken in before.
    await until('it answers again', async () => (await ask()).status === 200);
  });
});
