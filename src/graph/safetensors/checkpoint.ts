import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredTensor } from './stored-tensor.ts';
export async function listCheckpointFiles(directory: string): Promise<readonly string[] | undefined> {
  const has = (n: string) =>
    stat(join(directory, n)).then(
      () => true,
      () => false,
    );
  if (await has('model.safetensors')) return ['model.safetensors'];
  if (await has('model.safetensors.index.json')) {
    const j = JSON.parse(await readFile(join(directory, 'model.safetensors.index.json'), 'utf8')) as {
      weight_map: Record<string, string>;
    };
    return ['model.safetensors.index.json', ...new Set(Object.values(j.weight_map))];
  }
  return undefined;
}
export class Checkpoint {
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  constructor(files: readonly string[], tensors: ReadonlyMap<string, StoredTensor>) {
    this.files = files;
    this.tensors = tensors;
  }
  static async open(directory: string): Promise<Checkpoint> {
    const files = (await listCheckpointFiles(directory)) ?? [];
    const tensors = new Map<string, StoredTensor>();
    for (const file of files.filter((f) => f.endsWith('.safetensors'))) {
      const h = await open(join(directory, file), 'r');
      const len = Buffer.alloc(8);
      await h.read(len, 0, 8, 0);
      const n = Number(len.readBigUInt64LE());
      const b = Buffer.alloc(n);
      await h.read(b, 0, n, 8);
      await h.close();
      for (const [name, t] of Object.entries(
        JSON.parse(b.toString()) as Record<
          string,
          { dtype: StoredTensor['type']; shape: number[]; data_offsets: [number, number] }
        >,
      )) {
        if (name === '__metadata__') continue;
        tensors.set(name, {
          name,
          type: t.dtype,
          shape: t.shape,
          file,
          offset: 8 + n + t.data_offsets[0],
          length: t.data_offsets[1] - t.data_offsets[0],
        });
      }
    }
    return new Checkpoint(files, tensors);
  }
}
