import { posix } from 'node:path';
import { ServiceError } from '../errors.ts';
import { listExternalData, MalformedOnnx } from '../graph/onnx/external-data.ts';
import { type Dtype, exportNames } from '../store/model-layout.ts';
import type { SourceFile } from '../store/staging.ts';
import type { ModelFiles } from './model-files.ts';

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
  for (const needed of await externalDataOf(onnx)) {
    await files.require(needed, `${name} keeps weights in it.`);
  }
}

/**
 * Names of the files in which an export keeps its weights, from the model directory on.
 * @throws ServiceError invalid_model for what is no ONNX model, or keeps weights outside its directory.
 */
export async function externalDataOf(onnx: SourceFile): Promise<string[]> {
  try {
    const locations = await listExternalData(onnx.path);
    for (const location of locations) {
      const normal = posix.normalize(location);
      if (posix.isAbsolute(location) || normal.startsWith('..')) {
        throw new MalformedOnnx(`it keeps weights in "${location}", outside its directory`);
      }
    }
    return locations.map((location) => posix.join(posix.dirname(onnx.name), location));
  } catch (error) {
    if (!(error instanceof MalformedOnnx)) throw error;
    throw new ServiceError('invalid_model', `${onnx.name} can't be read: ${error.message}`, { cause: error });
  }
}
