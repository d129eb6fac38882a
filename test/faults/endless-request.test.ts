import { describe, expect, it } from 'vitest';
import { QUERY } from '../support/capitals.ts';
import { expectError } from '../support/error-answer.ts';
import { Flight, submit } from '../support/flight.ts';
import { enginesOf, signalAll } from '../support/processes.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ENDLESS_DOCUMENT } from '../support/slow-graph.ts';
import { slowModelRoot } from '../support/slow-model.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

describe('a request over which every engine ends is given up alone', () => {
  const start = async (): Promise<ServerProcess> =>
    ServerProcess.start(await temporaryDirectory(), {
      RERANK_MODELS_DIR: await slowModelRoot(),
      RERANK_MODEL: 'local://slow',
      RERANK_ENGINE_TIMEOUT_MS: '1500',
    });

  it('and those that shared a batch with it get their answers', async () => {
    await using server = await start();
    const client = await server.ready();
    const ahead = await Flight.prepare(client, 4);
    const beside = await Flight.prepare(client, 12);
    const engines = await enginesOf(server.pid);
    // Every place at the engines is taken: what comes now waits together, and leaves in the same batches.
    signalAll(engines, 'SIGSTOP');
    await ahead.takeOff();
    const { sent: endless } = await submit(client, 1, () =>
      client.post('/rerank', { query: QUERY, documents: [ENDLESS_DOCUMENT] }),
    );
    await beside.takeOff();
    signalAll(engines, 'SIGCONT');
    await ahead.land();
    await beside.land();
    const error = expectError(await endless, 500, 'internal', /ended twice over this request/);
    expect(error.detail).toContain('no answer within 1500 ms');
    await until('the pool is whole again', async () => (await client.info()).engines.ready === 2);
  });

  it('while a steady stream of others is answered as if nothing were wrong', async () => {
    await using server = await start();
    const client = await server.ready();
    const stream = await Flight.prepare(client, 4);
    const over = new AbortController();
    const endless = client.post('/rerank', { query: QUERY, documents: [ENDLESS_DOCUMENT] }).finally(() => {
      over.abort();
    });
    while (!over.signal.aborted) {
      stream.send();
      await stream.land();
    }
    expectError(await endless, 500, 'internal', /ended twice over this request/);
    stream.send();
    await stream.land();
    await until('the pool is whole again', async () => (await client.info()).engines.ready === 2);
  });
});
