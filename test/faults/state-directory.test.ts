import { describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import { helpersOf, untilGone } from '../support/processes.ts';
import { ServerProcess } from '../support/server-process.ts';
import { readState } from '../support/state.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

describe('a state directory', () => {
  it('is free at once when its server is killed, and serves the model from before the update that was cut off', async () => {
    const state = await temporaryDirectory();
    const old = await (async () => {
      await using server = ServerProcess.start(state);
      const client = await server.ready();
      const helpers = await helpersOf(server.pid);
      const logits = await client.logits(QUERY, DOCUMENTS);
      await client.post('/update', { model_path: 'local://demo-next' }, { prefer: 'respond-async' });
      await until('the update is written down as pending', async () => {
        return (await readState(state))?.pending ?? undefined;
      });
      server.kill('SIGKILL');
      await server.exit;
      await untilGone(helpers);
      return logits;
    })();
    expect(await readState(state)).toMatchObject({
      model: 'local://demo',
      pending: { model: 'local://demo-next' },
    });

    await using server = ServerProcess.start(state);
    const client = await server.ready();
    expect((await client.info()).model_id).toBe('local://demo');
    expect(largestDifference(await client.logits(QUERY, DOCUMENTS), old)).toBeLessThan(SAME_SCORE);
    expect(server.logged(/an update to local:\/\/demo-next was cut off; it is not resumed/)).toBeDefined();
    expect(await readState(state)).toMatchObject({ model: 'local://demo', pending: null, bootAttempts: 0 });
    // And it can be asked for again.
    expect((await client.update('local://demo-next')).current_model).toBe('local://demo-next');
  });

  it('counts starts that were killed before the model was up', async () => {
    const state = await temporaryDirectory();
    {
      await using server = ServerProcess.start(state);
      const client = await server.ready();
      await client.update('local://demo-next');
      server.kill('SIGTERM');
      await server.exit;
    }
    for (const attempt of [1, 2, 3]) {
      await using server = ServerProcess.start(state, { RERANK_ENGINES: '12' });
      await until('the attempt is counted', async () => (await readState(state))?.bootAttempts === attempt);
      server.kill('SIGKILL');
      await server.exit;
    }
    await using server = ServerProcess.start(state);
    const client = await server.ready();
    expect((await client.info()).model_id).toBe('local://demo');
    expect(await readState(state)).toMatchObject({ model: 'local://demo', bootAttempts: 0 });
  });
});
