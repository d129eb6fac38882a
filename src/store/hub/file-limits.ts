import { ServiceError } from '../../errors.ts';
import { MAX_BYTES } from '../model-layout.ts';
import { isPlainText } from './safe-path.ts';
import type { TreeFile } from './tree.ts';

/** Shards and external data of the largest models, several times. */
const MAX_FILES = 2_000;

/**
 * Refuses what no model needs before a byte of it is fetched.
 * @param files by their paths in the model's directory
 * @param maxBytes of all of them
 * @throws ServiceError invalid_model.
 */
export function requireSensible(model: string, files: ReadonlyMap<string, TreeFile>, maxBytes: number): void {
  let bytes = 0;
  for (const [path, { size }] of files) {
    bytes += size;
    const limit = MAX_BYTES[path];
    if (!isPlainText(path)) throw refused(model, `${JSON.stringify(path)} is no name for a file of a model`);
    if (size === 0) throw refused(model, `${path} is empty`);
    if (limit !== undefined && size > limit) {
      throw refused(model, `${path} has ${size} bytes; at most ${limit} make sense`);
    }
  }
  if (files.size > MAX_FILES)
    throw refused(model, `it needs ${files.size} files; at most ${MAX_FILES} are allowed`);
  if (bytes > maxBytes) throw refused(model, `it has ${bytes} bytes; at most ${maxBytes} are allowed`);
}

function refused(model: string, why: string): ServiceError {
  return new ServiceError('invalid_model', `${model} is not fetched: ${why}`);
}
