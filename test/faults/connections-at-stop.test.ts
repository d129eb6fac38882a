import { expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import { submit } from '../support/flight.ts';
import { signalAll } from '../support/processes.ts';
import { startService } from '../support/running-service.ts';

// A connection that stays open after the answer to what was in flight keeps the shutdown waiting for its time limit
// (25 s by default) with nothing left to do.
it('an answer that is given during the shutdown asks the client to hang up', async () => {
  await using server = await startService({ RERANK_SHUTDOWN_TIMEOUT_MS: '1000' });
  const expected = await server.client.logits(QUERY, DOCUMENTS);
  const { processes } = (await server.client.info()).engines;
  signalAll(processes, 'SIGSTOP');
  const { sent } = await submit(server.client, DOCUMENTS.length, () =>
    server.client.rerank(QUERY, DOCUMENTS, { raw_scores: true }),
  );
  const closed = server.service.close();
  signalAll(processes, 'SIGCONT');
  const { headers, body } = await sent;
  await closed;
  expect(largestDifference(body.scores, expected)).toBeLessThan(SAME_SCORE);
  expect(headers.get('connection')).toBe('close');
});
