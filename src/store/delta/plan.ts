import { type ChunkIndex, hashOf, lengthOf } from './chunk-index.ts';

/** Bytes of the new file, `end` excluded. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** How a new file is put together: every byte of it is in exactly one copy or range. */
export interface DeltaPlan {
  /** For each chunk of the new file where it lies in the old one; -1 for what is fetched. */
  readonly sources: Float64Array;
  readonly copiedBytes: number;
  /** What is fetched, in order; no two touch, unless a range would get larger than MAX_RANGE_BYTES. */
  readonly ranges: readonly ByteRange[];
  readonly fetchedBytes: number;
}

export const NO_SOURCE = -1;

/** A lost connection costs at most so many bytes, and as many connections as there are can share a large range. */
const MAX_RANGE_BYTES = 16 * 2 ** 20;

/**
 * Decides what comes from the old file and what over the network.
 * @param requestCostBytes what a request costs, in bytes that could have been fetched instead: a gap of hits that is not
 * longer is fetched along with the misses around it.
 */
export function planDelta(old: ChunkIndex, next: ChunkIndex, requestCostBytes: number): DeltaPlan {
  const sources = findSources(old, next);
  const ranges = missingRanges(next, (chunk) => sources[chunk] !== NO_SOURCE, requestCostBytes);
  for (const { start, end } of ranges) {
    for (let chunk = chunkAt(next, start); (next.offsets[chunk] as number) < end; chunk++) {
      sources[chunk] = NO_SOURCE;
    }
  }
  const fetchedBytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return { sources, copiedBytes: next.size - fetchedBytes, ranges, fetchedBytes };
}

/** The parts of a file that are not there, joined over gaps of at most `gapBytes`. */
export function missingRanges(
  next: ChunkIndex,
  isPresent: (chunk: number) => boolean,
  gapBytes: number,
): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let chunk = 0; chunk < next.count; chunk++) {
    if (isPresent(chunk)) continue;
    const start = next.offsets[chunk] as number;
    const end = next.offsets[chunk + 1] as number;
    const last = ranges.at(-1);
    const joins = last !== undefined && start - last.end <= gapBytes && end - last.start <= MAX_RANGE_BYTES;
    if (joins) ranges[ranges.length - 1] = { start: last.start, end };
    else ranges.push({ start, end });
  }
  return ranges;
}

/** Where the old file has each chunk of the new one. Two hashes of 128 bits that are equal by chance are noticed later. */
function findSources(old: ChunkIndex, next: ChunkIndex): Float64Array {
  const held = new Map<string, number>();
  for (let chunk = 0; chunk < old.count; chunk++) held.set(keyOf(old, chunk), old.offsets[chunk] as number);
  return Float64Array.from({ length: next.count }, (_, chunk) => held.get(keyOf(next, chunk)) ?? NO_SOURCE);
}

function keyOf(index: ChunkIndex, chunk: number): string {
  const hash = hashOf(index, chunk);
  const text = Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
  return `${lengthOf(index, chunk)}:${text}`;
}

/** The chunk that begins at `offset`. */
function chunkAt({ offsets }: ChunkIndex, offset: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
