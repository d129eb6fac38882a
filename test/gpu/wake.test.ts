import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadableModel } from '../../src/model/loadable-model.ts';
import { Prestart } from '../../src/model/prestart.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { embeddedModels } from '../support/directories.ts';
import { LogBook } from '../support/log-book.ts';
import { someMetrics } from '../support/some-metrics.ts';
import { CUDA_ERRORS, findStubCard, StubCard } from '../support/stub-card/stub-card.ts';
import { testEnvironment } from '../support/test-environment.ts';

const { library = '', missing } = await findStubCard();

const model = {
  reference: 'local://demo',
  digest: 'd',
  directory: join(embeddedModels, 'demo'),
  generation: 1,
  plan: { engines: 2, threads: 1, batchTokens: 1024 },
  graph: { files: [] },
} as unknown as LoadableModel & { readonly generation: number };

async function prepare(card: StubCard, forContexts: boolean, log = new LogBook()): Promise<Prestart> {
  const settings = {
    device: 'cuda',
    childEnv: testEnvironment(card.env),
    loadTimeoutMs: 30_000,
    clock: systemClock,
    logger: log.logger,
    metrics: someMetrics(),
  } as const;
  const room = { cacheBytes: 0, forTokenizer: false, forContexts, running: undefined };
  return await Prestart.prepare(model, settings, room, new AbortController().signal);
}

const holders = async (card: StubCard): Promise<number[]> =>
  [...(await card.memory()).entries()].filter(([, { used }]) => used > 0).map(([pid]) => pid);

describe.skipIf(missing)(
  `engines without a model on a card${missing ? ` (not here: ${missing})` : ''}`,
  { timeout: 60_000 },
  () => {
    it('have used it before the time in which nothing serves', async () => {
      const card = await StubCard.make(library, { isLogging: true });
      const prestart = await prepare(card, true);
      expect(new Set(await holders(card))).toEqual(new Set(prestart.spares.pids));
      expect((await card.calls()).filter(({ what }) => what === 'kernel').length).toBeGreaterThan(0);
      await prestart.close();
    });

    it('leave it alone where there is no room for that', async () => {
      const card = await StubCard.make(library);
      const prestart = await prepare(card, false);
      expect(prestart.spares.pids).toHaveLength(2);
      expect(await holders(card)).toEqual([]);
      await prestart.close();
    });

    it('are there although it does not wake', async () => {
      const card = await StubCard.make(library);
      await card.breakDown('malloc', CUDA_ERRORS.outOfMemory);
      const log = new LogBook();
      const prestart = await prepare(card, true, log);
      expect(prestart.spares.pids).toHaveLength(2);
      expect(log.find(/could not wake the device/)).toBeDefined();
      await prestart.close();
    });
  },
);
