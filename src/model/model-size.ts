import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadableModel } from './loadable-model.ts';
import type { ModelSize } from './memory-need.ts';

/** What decides how much memory a model takes, for one that is ready to be loaded. */
export async function modelSize({ directory, graph, plan }: LoadableModel): Promise<ModelSize> {
  const { size } = await stat(join(directory, 'tokenizer.json'));
  const { weightBytes, isShared } = graph;
  return {
    engines: plan.engines,
    weightBytes,
    isShared,
    tokenizerFileBytes: size,
  };
}
