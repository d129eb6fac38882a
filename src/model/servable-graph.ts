import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../engine/choose-device.ts';
import type { GraphDtype } from '../graph/plan-model.ts';
import { WEIGHTS_FILE } from '../graph/weights/weight-plan.ts';
import { chooseDtype } from './choose-dtype.ts';
import { isPacked } from './compile/compile-checkpoint.ts';
import type { CompileSettings } from './compile/compile-settings.ts';
import { compiledModel, modelFileIn } from './compile/compiled-model.ts';
import type { GenerationSettings } from './generation.ts';
import type { NamedModel, ServableGraph } from './loadable-model.ts';
import { inspectModelDirectory } from './model-directory.ts';

export interface GraphSettings {
  readonly runtime: Runtime;
  readonly compile: CompileSettings;
  readonly generation: GenerationSettings;
  /** There is no room to try forms of the model beside the one that serves. */
  readonly isTight: boolean;
}

/**
 * Finds, or compiles, the graph to serve a staged model with: an ONNX export as it is, a checkpoint in the configured dtype.
 * @throws ServiceError invalid_model that says what can't be served.
 */
export async function servableGraph(
  model: NamedModel,
  settings: GraphSettings,
  signal: AbortSignal,
): Promise<ServableGraph> {
  const { runtime, compile, generation, isTight } = settings;
  const { source, files, bytes } = await inspectModelDirectory(model.directory, generation.dtype);
  if (source.kind === 'export') {
    const modelFile = join(model.directory, source.onnx);
    const paths = files.map(({ path }) => path);
    return {
      modelFile,
      files: paths,
      optimization: 'all',
      dtype: 'as exported',
      weightBytes: bytes,
      isShared: false,
    };
  }
  const graphIn = async (dtype: GraphDtype): Promise<ServableGraph> => {
    const directory = await compiledModel({ model, files: source.files, dtype, runtime }, compile, signal);
    const isShared = isPacked(dtype, runtime);
    const weightBytes = isShared ? (await stat(join(directory, WEIGHTS_FILE))).size : bytes;
    // Elsewhere, half-precision weights are constants that are still to be widened.
    const optimization = dtype === 'fp16' && runtime.device === 'cpu' ? 'constants' : 'none';
    const paths = (await readdir(directory)).map((name) => join(directory, name));
    return { modelFile: modelFileIn(directory), files: paths, optimization, dtype, weightBytes, isShared };
  };
  if (generation.dtype !== 'auto') return await graphIn(generation.dtype);
  // On a GPU the checkpoint's own numbers are served until a faster form is known to keep the order.
  if (runtime.device !== 'cpu') return await graphIn('fp32');
  return await graphIn(await chooseDtype(model, graphIn, generation, { isTight, signal }));
}
