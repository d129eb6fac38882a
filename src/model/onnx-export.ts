import { posix } from 'node:path';
import { ServiceError } from '../errors.ts';
import { listExternalData, MalformedOnnx } from '../graph/onnx/external-data.ts';
import type { SourceFile } from '../store/staging.ts';
import type { Dtype } from './model-directory.ts';
import type { ModelFiles } from './model-files.ts';

/** File names that exporters (optimum, transformers.js, onnx-community) use, by dtype, in order of preference. */
const STEMS: Readonly<Record<Exclude<Dtype, 'auto'>, readonly string[]>> = {
  fp32: ['model'],
  fp16: ['model_fp16'],
  int8: ['model_quantized', 'model_int8'],
};

/** Names under which an export in that dtype may lie. */
export function exportNames(dtype: Dtype): string[] {
  const stems = dtype === 'auto' ? Object.values(STEMS).flat() : STEMS[dtype];
  return stems.flatMap((stem) => [`onnx/${stem}.onnx`, `${stem}.onnx`]);
}

/** The export to serve in that dtype, if there is one. */
export async function findExport(files: ModelFiles, dtype: Dtype): Promise<string | undefined> {
  for (const name of exportNames(dtype)) if (await files.has(name)) return name;
  return undefined;
}

/**
 * Takes an export and the files in which it keeps its weights.
 * @throws ServiceError invalid_model that names what is missing or broken.
 */
export async function takeExport(files: ModelFiles, name: string): Promise<void> {
  const onnx = await files.require(name, '');
  for (const location of await externalDataOf(onnx)) {
    await files.require(posix.join(posix.dirname(name), location), `${name} keeps weights in it.`);
  }
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
