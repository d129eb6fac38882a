import { describe, expect, it } from 'vitest';
import type { Answer, OperationView } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { Flight } from '../support/flight.ts';
import { enginesOf, helpersOf, signalAll, tokenizersOf, untilGone } from '../support/processes.ts';
import type { Exit } from '../support/server-child.ts';
import { ServerProcess } from '../support/server-process.ts';
import { readState } from '../support/state.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

describe('a server that is stopped in the middle of an update', () => {
  async function stopWhileLoading(state: string): Promise<{ update: Answer; exit: Exit }> {
    await using server = ServerProcess.start(state, {
      RERANK_ENGINES: '4',
      RERANK_SHUTDOWN_TIMEOUT_MS: '1000',
    });
    const client = await server.ready();
    const update = client.post('/update', { model_path: 'local://demo-next' });
    const helpers = await until('the new model loads', async () => {
      const isLoading = (await tokenizersOf(server.pid)).length === 2;
      return isLoading && (await helpersOf(server.pid));
    });
    server.kill('SIGTERM');
    const outcome = { update: await update, exit: await server.exit };
    await untilGone(helpers);
    return outcome;
  }

  it('ends well, leaves no process behind, and starts with the old model the next time', async () => {
    const state = await temporaryDirectory();
    const { update, exit } = await stopWhileLoading(state);
    expect(update.status).not.toBe(200);
    expect(exit).toEqual({ code: 0, signal: null });
    expect(await readState(state)).toBeUndefined();
  });

  it('ends in time even where the new model, which has taken the place of the old one, hangs', async () => {
    await using server = ServerProcess.start(await temporaryDirectory(), {
      RERANK_ENGINES: '1',
      RERANK_SHUTDOWN_TIMEOUT_MS: '500',
    });
    const client = await server.ready();
    const [old] = await enginesOf(server.pid);
    const flight = await Flight.prepare(client, 1);
    process.kill(old ?? 0, 'SIGSTOP');
    await flight.takeOff();
    const update = { model_path: 'local://demo-next', mode: 'hold' };
    const begun = await client.post<{ operation: OperationView }>('/update', update, {
      prefer: 'respond-async',
    });
    const phase = async () =>
      (await client.get<OperationView>(`/update/${begun.body.operation.id}`)).body.phase;
    // The request keeps the old model until the process hangs that is to load the new one.
    await until('requests are waited for', async () => (await phase()) === 'drain');
    const spares = (await enginesOf(server.pid)).filter((pid) => pid !== old);
    signalAll(spares, 'SIGSTOP');
    process.kill(old ?? 0, 'SIGCONT');
    await flight.land();
    await until('it loads', async () => (await phase()) === 'load');
    server.kill('SIGTERM');
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(server.logged(/^a change of the model did not end within 500 ms/)).toBeDefined();
    signalAll(spares, 'SIGCONT');
    await untilGone(spares);
  });

  it('tells the operator that the server went, and does not blame the model', async () => {
    const { update } = await stopWhileLoading(await temporaryDirectory());
    expectError(update, 503, 'unavailable', /shutting down/);
  });
});
