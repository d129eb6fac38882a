import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import type { LoadableModel } from '../../src/model/loadable-model.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { unwatched } from '../../src/serving/operation/phase.ts';
import { openWorkshop } from '../../src/workshop.ts';
import { writePlainGraph, type XlmRobertaConfig } from './plain-graph.ts';

export interface CompiledForBench {
  readonly config: XlmRobertaConfig;
  /** Path of the graph in the form that exporters give. */
  readonly plain: string;
  readonly fp32: LoadableModel;
  readonly int8: LoadableModel;
}

/** Has rerankd stage and compile a checkpoint as a server would, in both dtypes, and writes the plain graph of the same weights. */
export async function compileForBench(
  checkpoint: string,
  stateDirectory: string,
  note: (line: string) => void,
): Promise<CompiledForBench> {
  const compile = async (dtype: 'fp32' | 'int8'): Promise<LoadableModel> => {
    const startedAt = performance.now();
    const env = {
      RERANK_STATE_DIR: stateDirectory,
      RERANK_MODELS_DIR: dirname(checkpoint),
      RERANK_DTYPE: dtype,
      RERANK_DEVICE: 'cpu',
    };
    const workshop = await openWorkshop(readConfig(env), {
      clock: systemClock,
      logger: createLogger({ level: 'warn', format: 'text', destination: 2 }),
      metrics: createMetrics({ readyEngines: () => 0 }),
    });
    const never = new AbortController().signal;
    const staged = await workshop.preparation.stage({ reference: checkpoint }, unwatched(never));
    const compiled = await workshop.preparation.compile(staged, unwatched(never));
    await workshop.work.release();
    note(
      `compiled to ${dtype} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s, copying the checkpoint included`,
    );
    return compiled;
  };
  const fp32 = await compile('fp32');
  const int8 = await compile('int8');
  const config = JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8')) as XlmRobertaConfig;
  return { config, plain: await writePlainGraph(fp32.directory, config), fp32, int8 };
}
