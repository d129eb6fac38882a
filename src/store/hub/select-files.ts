import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { missingWeightsAdvice } from '../missing-weights.ts';
import { type Dtype, exportNames, GOLDEN_FILE } from '../model-layout.ts';
import type { FileRules } from './file-rules.ts';

const REQUIRED = ['config.json', 'tokenizer.json'];

/** Taken along where the repository has them. */
export const OPTIONAL_FILES: readonly string[] = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  GOLDEN_FILE,
];

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

/** The files of one model, some of which may have to be brought. */
export interface FileSource {
  /** Where they lie once they are brought. */
  readonly directory: string;
  /** How the model is called in messages. */
  readonly name: string;
  /** `org/name` */
  readonly id: string;
  has(path: string): boolean;
  /** Returns when a small file is in the directory that tells which others are needed. */
  peek(path: string): Promise<void>;
  /**
   * Returns when all of these are in the directory.
   * @param paths which the source has
   * @param likely more files that will probably be asked for, as far as the source has them
   */
  bring(paths: readonly string[], likely?: readonly string[]): Promise<void>;
}

/**
 * Brings the files that a model needs to be served, and no others: not the other exports, nor pickles nor code. The weights
 * are chosen as `inspectModelDirectory` does it: safetensors, unless there is an ONNX export and only that can be served.
 * @returns their paths in the model's directory.
 * @throws ServiceError invalid_model that says what the repository lacks.
 */
export async function selectFiles(source: FileSource, dtype: Dtype, rules: FileRules): Promise<string[]> {
  for (const path of REQUIRED) if (!source.has(path)) throw lacks(source, path);
  const about = [...REQUIRED, ...OPTIONAL_FILES.filter((path) => source.has(path))];
  const index = source.has(SINGLE_FILE) ? SINGLE_FILE : INDEX_FILE;
  const onnx = exportNames(dtype).find((path) => source.has(path));
  if (source.has(index) && (onnx === undefined || (await isKnown(source, rules)))) {
    return [...about, ...(await bringCheckpoint(source, about, index, rules))];
  }
  if (onnx === undefined) throw await nothingToServe(source, dtype);
  return [...about, ...(await bringExport(source, about, onnx, rules))];
}

async function isKnown(source: FileSource, rules: FileRules): Promise<boolean> {
  await source.peek('config.json');
  try {
    return rules.isKnownArchitecture(
      JSON.parse(await readFile(join(source.directory, 'config.json'), 'utf8')),
    );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ServiceError('invalid_model', `config.json of ${source.name} is not JSON: ${error.message}`);
  }
}

async function bringCheckpoint(
  source: FileSource,
  about: readonly string[],
  index: string,
  rules: FileRules,
): Promise<readonly string[]> {
  if (index === SINGLE_FILE) {
    await source.bring([...about, SINGLE_FILE]);
    return [SINGLE_FILE];
  }
  await source.peek(INDEX_FILE);
  const files = await understood(source, INDEX_FILE, rules.checkpointFiles(source.directory));
  for (const path of files ?? []) if (!source.has(path)) throw lacks(source, path, INDEX_FILE);
  await source.bring([...about, ...(files ?? [])]);
  return files ?? [];
}

async function bringExport(
  source: FileSource,
  about: readonly string[],
  onnx: string,
  rules: FileRules,
): Promise<readonly string[]> {
  // What exporters call the files beside the export. Which of them it needs is read from the export itself.
  const likely = [`${onnx}_data`, `${onnx}_data_1`, `${onnx}.data`].filter((path) => source.has(path));
  await source.bring([...about, onnx], likely);
  const named = await understood(source, onnx, rules.externalData(source.directory, onnx));
  const files = [...new Set(named.map((path) => posix.normalize(path)))];
  for (const path of files) if (!source.has(path)) throw lacks(source, path, onnx);
  await source.bring(files);
  return [onnx, ...files];
}

async function understood<T>(source: FileSource, path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ServiceError || (error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new ServiceError('invalid_model', `${path} of ${source.name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function lacks(source: FileSource, path: string, namedBy?: string): ServiceError {
  const why = namedBy === undefined ? '' : `, which ${namedBy} names`;
  return new ServiceError('invalid_model', `${source.name} has no ${path}${why}`);
}

async function nothingToServe(source: FileSource, dtype: Dtype): Promise<ServiceError> {
  const what = dtype === 'auto' ? 'that can be served' : `for ${dtype}`;
  return new ServiceError('invalid_model', `${source.name} has no weights ${what}`, {
    detail: await missingWeightsAdvice(dtype, (path) => source.has(path), source.id),
  });
}
