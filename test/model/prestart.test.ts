import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LoadableModel } from '../../src/model/loadable-model.ts';
import { Prestart, type PrestartSettings } from '../../src/model/prestart.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { embeddedModels } from '../support/directories.ts';
import { LogBook } from '../support/log-book.ts';
import { helpersOf } from '../support/processes.ts';
import { someMetrics } from '../support/some-metrics.ts';
import { testEnvironment } from '../support/test-environment.ts';

const directory = join(embeddedModels, 'demo');

const settings: PrestartSettings = {
  device: 'cpu',
  childEnv: testEnvironment({}),
  loadTimeoutMs: 30_000,
  clock: systemClock,
  logger: new LogBook().logger,
  metrics: someMetrics(),
};

/** @param files to be read ahead */
function prepare(files: readonly string[]): Promise<Prestart> {
  const model = {
    reference: 'local://demo',
    digest: 'd',
    directory,
    generation: 1,
    plan: { engines: 2, threads: 1, batchTokens: 1024 },
    graph: { files },
  } as unknown as LoadableModel & { readonly generation: number };
  const room = { cacheBytes: 2 ** 20, forTokenizer: true, forContexts: false, running: undefined };
  return Prestart.prepare(model, settings, room, new AbortController().signal);
}

it('a prestart has all processes that a model needs, and ends those that nobody took', async () => {
  const prestart = await prepare([join(directory, 'config.json')]);
  expect(prestart.spares.pids).toHaveLength(2);
  expect(await helpersOf(process.pid)).toHaveLength(3);
  await prestart.close();
  expect(await helpersOf(process.pid)).toEqual([]);
});

it('a prestart ends what is left of it when a generation has taken its part', async () => {
  const prestart = await prepare([join(directory, 'config.json')]);
  const [tokenizer, engine] = [prestart.takeTokenizer(), prestart.spares.take(0)];
  expect(prestart.takeTokenizer()).toBeUndefined();
  await prestart.close();
  await prestart.close();
  expect(await helpersOf(process.pid)).toEqual(
    [engine?.pid ?? 0, ...(tokenizer?.pids ?? [])].toSorted((a, b) => a - b),
  );
  engine?.kill('the test is over');
  await Promise.all([engine?.lost, tokenizer?.close()]);
  expect(await helpersOf(process.pid)).toEqual([]);
});

it('a prestart that is not finished leaves no process behind', async () => {
  // Its engines run by the time that the weights can't be read.
  await expect(prepare([directory])).rejects.toThrow(/EISDIR/);
  expect(await helpersOf(process.pid)).toEqual([]);
});
