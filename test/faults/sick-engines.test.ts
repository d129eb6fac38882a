import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import { submit } from '../support/flight.ts';
import { signalAll } from '../support/processes.ts';
import { startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

/** Longer ago than an answer counts as proof that inference works. */
const LONG_AGO_MS = 10_000;

/** The system's clock, which can be put forward: nobody waits for an answer to grow old. */
function shiftedClock(): Clock & { shiftMs: number } {
  return {
    ...systemClock,
    shiftMs: 0,
    now() {
      return systemClock.now() + this.shiftMs;
    },
  };
}

describe('/healthz of a server whose engines hang', () => {
  it('is red with the reason, and green again when they go on', async () => {
    const clock = shiftedClock();
    await using server = await startService({}, { clock });
    const { processes } = (await server.client.info()).engines;
    signalAll(processes, 'SIGSTOP');
    clock.shiftMs = LONG_AGO_MS;
    const answer = await server.client.get('/healthz');
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ status: 'unhealthy', model: 'local://demo' });
    expect((answer.body as { reason: string }).reason).toMatch(/inference does not work \(2 engines ready\)/);
    // A restart is what /healthz asks for; the process itself is well.
    expect((await server.client.get('/livez')).status).toBe(200);
    signalAll(processes, 'SIGCONT');
    await until('it is green', async () => (await server.client.get('/healthz')).status === 200);
  });

  it('stays green behind a long queue that moved a little while ago', async () => {
    const clock = shiftedClock();
    await using server = await startService({}, { clock });
    const { processes } = (await server.client.info()).engines;
    const many = Array.from({ length: 400 }, (_, index) => `${DOCUMENTS[1]} Number ${index}.`);
    signalAll(processes, 'SIGSTOP');
    const { sent } = await submit(server.client, many.length, () => server.client.rerank(QUERY, many));
    clock.shiftMs = LONG_AGO_MS;
    expect((await server.client.get('/healthz')).body).toEqual({ status: 'healthy', model: 'local://demo' });
    signalAll(processes, 'SIGCONT');
    expect((await sent).body.results).toHaveLength(many.length);
  });
});
