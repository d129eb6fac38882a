import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isLfsPointer } from './lfs-pointer.ts';
import { exportNames, MAX_BYTES } from './model-layout.ts';

const INDEX_FILE = 'model.safetensors.index.json';

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * Whether a directory has the files that any model needs, by their names and sizes: nothing large is read. Whether they fit
 * together, only an update finds out.
 */
export async function looksServable(directory: string): Promise<boolean> {
  const has = (name: string): Promise<boolean> => isFile(join(directory, name), name);
  if (!(await has('config.json')) || !(await has('tokenizer.json'))) return false;
  for (const name of ['model.safetensors', ...exportNames('auto')]) if (await has(name)) return true;
  if (!(await has(INDEX_FILE))) return false;
  const shards = await shardsOf(join(directory, INDEX_FILE));
  for (const shard of shards) if (!(await has(shard))) return false;
  return shards.size > 0;
}

async function isFile(path: string, name: string): Promise<boolean> {
  try {
    const info = await stat(path);
    if (!info.isFile() || info.size === 0 || info.size > (MAX_BYTES[name] ?? Number.POSITIVE_INFINITY))
      return false;
    return !(await isLfsPointer(path, info.size));
  } catch {
    return false;
  }
}

async function shardsOf(index: string): Promise<ReadonlySet<string>> {
  try {
    const { weight_map } = indexSchema.parse(JSON.parse(await readFile(index, 'utf8')));
    return new Set(Object.values(weight_map));
  } catch {
    return new Set();
  }
}
