import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../engine/choose-device.ts';
import { ServiceError } from '../errors.ts';
import type { GraphDtype } from '../graph/plan-model.ts';
import { WEIGHTS_FILE } from '../graph/weights/weight-plan.ts';
import { chooseDtype } from './choose-dtype.ts';
import { isPacked } from './compile/compile-checkpoint.ts';
import type { CompileSettings } from './compile/compile-settings.ts';
import { compiledModel, modelFileIn } from './compile/compiled-model.ts';
import { gpuTraits } from './compile/gpu-traits.ts';
import type { GenerationSettings } from './generation-settings.ts';
import type { NamedModel } from './loadable-model.ts';
import { inspectModelDirectory } from './model-directory.ts';
import type { ServableGraph } from './servable-graph.ts';

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
export async function findServableGraph(
  model: NamedModel,
  settings: GraphSettings,
  signal: AbortSignal,
): Promise<ServableGraph> {
  const { runtime, compile, generation, isTight } = settings;
  const { source, files, bytes } = await inspectModelDirectory(model.directory, generation.dtype);
  if (source.kind === 'export') {
    const modelFile = join(model.directory, source.onnx);
    return {
      modelFile,
      files: files.map(({ path }) => path),
      optimization: 'all',
      dtype: 'as exported',
      weightBytes: bytes,
      isShared: false,
    };
  }
  const graphIn = async (dtype: GraphDtype): Promise<ServableGraph> => {
    const traits = await traitsOn(runtime, model, dtype);
    const directory = await compiledModel({ model, files: source.files, dtype, runtime }, compile, signal);
    const isShared = isPacked(dtype, runtime);
    const paths = (await readdir(directory)).map((name) => join(directory, name));
    return {
      modelFile: modelFileIn(directory),
      files: paths,
      // On a CPU, half-precision weights are constants that are still to be widened.
      optimization: dtype === 'fp16' && runtime.device === 'cpu' ? 'constants' : 'none',
      dtype,
      weightBytes: isShared ? (await stat(join(directory, WEIGHTS_FILE))).size : bytes,
      isShared,
      ...traits,
    };
  };
  const { dtype } = generation;
  if (dtype !== 'auto') return await graphIn(dtype);
  const fast = runtime.device === 'cpu' ? 'int8' : 'fp16';
  return await graphIn(await chooseDtype(model, graphIn, generation, { fast, isTight, signal }));
}

/** What differs on a GPU. */
async function traitsOn({ device }: Runtime, { directory }: NamedModel, dtype: GraphDtype) {
  if (device === 'cpu') return {};
  if (dtype !== 'int8') return await gpuTraits(directory, dtype, device);
  throw new ServiceError('invalid_model', `int8 is for CPUs: ${device} has no kernels for it`, {
    detail: 'Serve it in fp16 or fp32, or leave RERANK_DTYPE (the dtype of an update) at auto.',
  });
}
