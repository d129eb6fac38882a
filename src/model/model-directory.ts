import { open, readFile, realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ServiceError } from '../errors.ts';
import { listExternalData, MalformedOnnx } from '../graph/onnx/external-data.ts';
import type { SourceFile } from '../store/staging.ts';

export type Dtype = 'auto' | 'fp32' | 'fp16' | 'int8';

/** The files of a Hugging Face directory that are needed to serve it. */
export interface ModelFiles {
  readonly files: readonly SourceFile[];
  /** Name of the ONNX file among them. */
  readonly onnx: string;
  readonly bytes: number;
}

/** File names that exporters (optimum, transformers.js, onnx-community) use, by dtype, in order of preference. */
const ONNX_STEMS: Readonly<Record<Exclude<Dtype, 'auto'>, readonly string[]>> = {
  fp32: ['model'],
  fp16: ['model_fp16'],
  int8: ['model_quantized', 'model_int8'],
};

const MAX_BYTES: Readonly<Record<string, number>> = {
  'config.json': 2 ** 20,
  'tokenizer_config.json': 16 * 2 ** 20,
  'tokenizer.json': 256 * 2 ** 20,
};

/**
 * Finds what a model directory holds.
 * @param allow throws when a file's real path must not be read.
 * @throws ServiceError invalid_model that names the missing or broken file.
 */
export async function inspectModelDirectory(
  directory: string,
  dtype: Dtype,
  allow: (realPath: string) => Promise<void> = async () => {},
): Promise<ModelFiles> {
  let bytes = 0;
  const files: SourceFile[] = [];
  const require = async (name: string, why: string): Promise<SourceFile> => {
    const path = await realpath(join(directory, name)).catch(() => undefined);
    if (path === undefined) throw missing(name, why);
    await allow(path);
    const file = { name, path };
    bytes += await checkFile(file);
    files.push(file);
    return file;
  };
  await require('config.json', 'It says what the model is.');
  await require('tokenizer.json', 'A directory with only a slow tokenizer gets one from AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR).');
  if (await exists(join(directory, 'tokenizer_config.json'))) await require('tokenizer_config.json', '');
  const onnx = await require(await findOnnx(directory, dtype), '');
  for (const location of await externalDataOf(onnx)) {
    await require(posix.join(posix.dirname(onnx.name), location), `${onnx.name} keeps weights in it.`);
  }
  return { files, onnx: onnx.name, bytes };
}

async function findOnnx(directory: string, dtype: Dtype): Promise<string> {
  const stems = dtype === 'auto' ? Object.values(ONNX_STEMS).flat() : ONNX_STEMS[dtype];
  const names = stems.flatMap((stem) => [`onnx/${stem}.onnx`, `${stem}.onnx`]);
  for (const name of names) if (await exists(join(directory, name))) return name;
  const hint = (await exists(join(directory, 'model.safetensors')))
    ? 'There is a model.safetensors: export it to ONNX first (optimum-cli export onnx --task text-classification).'
    : `Looked for ${names.join(', ')}.`;
  throw new ServiceError(
    'invalid_model',
    `the model directory has no ONNX file${dtype === 'auto' ? '' : ` for ${dtype}`}`,
    {
      detail: hint,
    },
  );
}

async function externalDataOf(onnx: SourceFile): Promise<string[]> {
  try {
    const locations = await listExternalData(onnx.path);
    for (const location of locations) {
      const normal = posix.normalize(location);
      if (posix.isAbsolute(location) || normal.startsWith('..')) {
        throw new MalformedOnnx(`it keeps weights in "${location}", outside its directory`);
      }
    }
    return locations;
  } catch (error) {
    if (!(error instanceof MalformedOnnx)) throw error;
    throw new ServiceError('invalid_model', `${onnx.name} can't be read: ${error.message}`, { cause: error });
  }
}

/** @returns the size in bytes. */
async function checkFile(file: SourceFile): Promise<number> {
  const info = await stat(file.path);
  if (!info.isFile()) throw new ServiceError('invalid_model', `${file.name} is not a regular file`);
  if (info.size === 0) throw new ServiceError('invalid_model', `${file.name} is empty`);
  const limit = MAX_BYTES[file.name];
  if (limit !== undefined && info.size > limit) {
    throw new ServiceError(
      'invalid_model',
      `${file.name} has ${info.size} bytes; at most ${limit} make sense`,
    );
  }
  if (info.size < 1024 && (await readStart(file.path)).startsWith('version https://git-lfs')) {
    throw new ServiceError('invalid_model', `${file.name} is a Git LFS pointer, not the file itself`, {
      detail: 'Run "git lfs pull" in the model repository.',
    });
  }
  if (file.name.endsWith('.json')) await assertJson(file);
  return info.size;
}

async function assertJson(file: SourceFile): Promise<void> {
  // A vocabulary of 250,000 entries would block the thread; its process parses it anyway.
  if (file.name === 'tokenizer.json') return;
  try {
    JSON.parse(await readFile(file.path, 'utf8'));
  } catch (error) {
    throw new ServiceError('invalid_model', `${file.name} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readStart(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function missing(name: string, why: string): ServiceError {
  return new ServiceError(
    'invalid_model',
    `the model directory has no ${name}`,
    why === '' ? {} : { detail: why },
  );
}
