import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../write-text.ts';
import { bitsOver, type Dtype, dtypes } from './dtype.ts';
import type { NormalLevels } from './normal-levels.ts';
import { RandomBits } from './random-bits.ts';
import { shardHeader, tensorsInFile } from './shard-file.ts';
import type { Shard } from './shards.ts';
import { elementsOf } from './tensor-spec.ts';

/** Bytes that are made while as many are being written: all the memory that weights take. */
const CHUNK_BYTES = 8 << 20;

export interface WeightsRecipe {
  readonly seed: number;
  readonly dtype: Dtype;
  readonly levels: NormalLevels;
}

/**
 * Writes one weights file and makes it durable.
 * @param onBytes is told of every stretch of weights that has been written.
 */
export async function writeShard(
  directory: string,
  shard: Shard,
  recipe: WeightsRecipe,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  await using file = await open(join(directory, shard.file), 'wx');
  await writeWhole(file, shardHeader(shard, recipe.dtype));
  const memory = [new ArrayBuffer(CHUNK_BYTES), new ArrayBuffer(CHUNK_BYTES)] as const;
  let made = 0;
  let pending: Promise<void> = Promise.resolve();
  for (const tensor of tensorsInFile(shard)) {
    const levels = recipe.levels.scaled(tensor.mean, tensor.deviation);
    const random = new RandomBits(recipe.seed, tensor.name);
    const most = CHUNK_BYTES / dtypes[recipe.dtype].bytes;
    for (let left = elementsOf(tensor); left > 0; left -= most) {
      const chunk = bitsOver(memory[made++ % 2 === 0 ? 0 : 1], Math.min(left, most), recipe.dtype);
      random.drawLevels(chunk, levels);
      await pending;
      signal.throwIfAborted();
      pending = writeWhole(file, chunk).then(() => onBytes(chunk.byteLength));
    }
  }
  await pending;
  await file.sync();
}
