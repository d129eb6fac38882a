import { ServiceError } from '../errors.ts';
import { isKnownArchitecture } from '../graph/architectures/registry.ts';
import { planModel } from '../graph/plan-model.ts';
import { Checkpoint, listCheckpointFiles } from '../graph/safetensors/checkpoint.ts';
import { InvalidCheckpoint } from '../graph/safetensors/invalid-checkpoint.ts';
import { missingWeightsAdvice } from '../store/missing-weights.ts';
import { type Dtype, GOLDEN_FILE } from '../store/model-layout.ts';
import type { SourceFile } from '../store/staging.ts';
import { ModelFiles } from './model-files.ts';
import { findExport, takeExport } from './onnx-export.ts';

export type { Dtype };

/** Where a model's graph comes from. */
type GraphSource =
  | { readonly kind: 'export' /** Name of the ONNX file. */; readonly onnx: string }
  | {
      readonly kind: 'checkpoint' /** Names of the files with weights, the index included. */;
      readonly files: readonly string[];
    };

/** What a model directory holds. */
export interface ModelDirectory {
  /** The files that are needed to serve it. */
  readonly files: readonly SourceFile[];
  readonly bytes: number;
  readonly source: GraphSource;
}

/**
 * Finds what a model directory holds. Weights as training left them (safetensors) are preferred to an ONNX export: rerankd's
 * own graph of them is faster. The export serves where the architecture is unknown.
 * @param allow throws when a file's real path must not be read.
 * @throws ServiceError invalid_model that names the missing or broken file, tensor or field.
 */
export async function inspectModelDirectory(
  directory: string,
  dtype: Dtype,
  allow: (realPath: string) => Promise<void> = async () => {},
): Promise<ModelDirectory> {
  const files = new ModelFiles(directory, allow);
  await files.require('config.json', 'It says what the model is.');
  const config = await files.readJson('config.json');
  await files.require(
    'tokenizer.json',
    'A directory with only a slow tokenizer gets one from AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR).',
  );
  if (await files.has('tokenizer_config.json')) {
    await files.require('tokenizer_config.json', '');
    await files.readJson('tokenizer_config.json');
  }
  if (await files.has(GOLDEN_FILE)) await files.require(GOLDEN_FILE, '');
  const weights = new ModelFiles(directory, allow);
  const source = await takeWeights(weights, config, dtype);
  return { files: [...files.files, ...weights.files], bytes: files.bytes + weights.bytes, source };
}

async function takeWeights(files: ModelFiles, config: unknown, dtype: Dtype): Promise<GraphSource> {
  const names = await explained(() => listCheckpointFiles(files.directory));
  const onnx = await findExport(files, dtype);
  if (names !== undefined && (onnx === undefined || isKnownArchitecture(config))) {
    await takeCheckpoint(files, config, names);
    return { kind: 'checkpoint', files: names };
  }
  if (onnx === undefined) throw await nothingToServe(files, dtype);
  await takeExport(files, onnx);
  return { kind: 'export', onnx };
}

/** Plans the graph, without reading any weights: what can't be built is refused before gigabytes are copied. */
async function takeCheckpoint(files: ModelFiles, config: unknown, names: readonly string[]): Promise<void> {
  for (const name of names) await files.require(name, 'model.safetensors.index.json names it.');
  await explained(async () => {
    const { tensors } = await Checkpoint.open(files.directory);
    planModel({ config, tensors }, { dtype: 'fp32' });
  });
}

async function explained<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof InvalidCheckpoint)) throw error;
    throw new ServiceError('invalid_model', error.message, { cause: error });
  }
}

async function nothingToServe(files: ModelFiles, dtype: Dtype): Promise<ServiceError> {
  const what = dtype === 'auto' ? '' : ` for ${dtype}`;
  return new ServiceError('invalid_model', `the model directory has no weights${what}`, {
    detail: await missingWeightsAdvice(dtype, (name) => files.has(name), files.directory),
  });
}
