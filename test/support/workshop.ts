import { readConfig } from '../../src/config.ts';
import type { LoadableModel } from '../../src/model/loadable-model.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { unwatched } from '../../src/serving/operation/phase.ts';
import { openWorkshop, type Workshop } from '../../src/workshop.ts';
import { scratchDirectory } from './directories.ts';
import { LogBook } from './log-book.ts';
import { testEnvironment } from './test-environment.ts';

export interface WorkshopUnderTest extends Workshop, AsyncDisposable {
  readonly stateDirectory: string;
  readonly log: LogBook;
  readonly childEnv: Readonly<Record<string, string>>;
  /** Stages and compiles a model. @param phases is told every phase */
  compile(reference: string, phases?: (phase: string) => void): Promise<LoadableModel>;
}

/** A workshop with a state directory of its own. */
export async function workshopOver(
  modelsDirectory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<WorkshopUnderTest> {
  const own = await scratchDirectory();
  const stateDirectory = settings.RERANK_STATE_DIR ?? own.path;
  const config = readConfig(
    testEnvironment({
      RERANK_MODELS_DIR: modelsDirectory,
      RERANK_STATE_DIR: stateDirectory,
      RERANK_DEVICE: 'cpu',
      RERANK_ENGINES: '1',
      RERANK_THREADS: '1',
      ...settings,
    }),
  );
  const log = new LogBook();
  const workshop = await openWorkshop(config, {
    clock: systemClock,
    logger: log.logger,
    metrics: createMetrics({ readyEngines: () => 0 }),
  });
  return {
    ...workshop,
    stateDirectory,
    log,
    childEnv: config.childEnv,
    compile: async (reference, phases = () => {}) => {
      const work = { ...unwatched(), enter: phases };
      const staged = await workshop.preparation.stage({ reference }, work);
      return await workshop.preparation.compile(staged, work);
    },
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}
