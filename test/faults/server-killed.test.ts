import { describe, expect, it } from 'vitest';
import { QUERY } from '../support/capitals.ts';
import { enginesOf, helpersOf, residentBytes, tokenizersOf, untilGone } from '../support/processes.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ENDLESS_BYTES, ENDLESS_DOCUMENT } from '../support/slow-graph.ts';
import { slowModelRoot } from '../support/slow-model.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

describe('when the server is killed, its processes end with it', () => {
  async function killAndWatch(server: ServerProcess, helpers: readonly number[]): Promise<void> {
    server.kill('SIGKILL');
    expect(await server.exit).toEqual({ code: null, signal: 'SIGKILL' });
    await untilGone(helpers);
  }

  it('while they are idle', async () => {
    await using server = ServerProcess.start(await temporaryDirectory());
    await server.ready();
    const helpers = await helpersOf(server.pid);
    expect(helpers).toHaveLength(3);
    await killAndWatch(server, helpers);
  });

  it('while an engine is in the middle of a native run', async () => {
    await using server = ServerProcess.start(await temporaryDirectory(), {
      RERANK_MODELS_DIR: await slowModelRoot(),
      RERANK_MODEL: 'local://slow',
    });
    const client = await server.ready();
    const helpers = await helpersOf(server.pid);
    const engines = await enginesOf(server.pid);
    const cutOff = expect(client.rerank(QUERY, [ENDLESS_DOCUMENT])).rejects.toThrow(/fetch failed/);
    await until('an engine works', async () => {
      const sizes = await Promise.all(engines.map(residentBytes));
      return sizes.some((bytes) => bytes > ENDLESS_BYTES);
    });
    await killAndWatch(server, helpers);
    await cutOff;
  });

  it('while the first model loads', async () => {
    // So many engines load one after the other that the moment can't be missed.
    await using server = ServerProcess.start(await temporaryDirectory(), { RERANK_ENGINES: '12' });
    const helpers = await until('engines load', async () => {
      const engines = await enginesOf(server.pid);
      return engines.length >= 2 ? await helpersOf(server.pid) : undefined;
    });
    expect(server.logged(/listens on/)).toBeUndefined();
    await killAndWatch(server, helpers);
  });

  it('while the model of an update loads', async () => {
    await using server = ServerProcess.start(await temporaryDirectory(), { RERANK_ENGINES: '4' });
    const client = await server.ready();
    const update = { model_path: 'local://demo-next' };
    expect((await client.post('/update', update, { prefer: 'respond-async' })).status).toBe(202);
    const helpers = await until('both models have processes', async () => {
      const isLoading = (await tokenizersOf(server.pid)).length === 2;
      const running = await helpersOf(server.pid);
      return isLoading && running.length > 6 ? running : undefined;
    });
    await killAndWatch(server, helpers);
  });
});
