/**
 * Content-defined chunking: where a chunk ends depends on the 32 bytes before its end alone, so that an insertion moves
 * the ends after it along with their content. A gear hash, as in FastCDC (Xia et al., USENIX ATC 2016).
 */

/** Bytes that every chunk has, except the last of a file. */
export const MIN_CHUNK_BYTES = 16 * 2 ** 10;
export const MAX_CHUNK_BYTES = 256 * 2 ** 10;

/** A byte is shifted out of 32 bits after so many others. */
const WINDOW = 32;

/** 16 bits must be zero: 64 KiB on average after the minimum. The high ones, which know the whole window. */
const MASK = 0xffff0000 | 0;

/** Part of the format: other numbers cut elsewhere, and old indexes would match nothing any more. */
const GEAR = gearTable();

/**
 * @param data what is there of the file, from `start` on: `MAX_CHUNK_BYTES`, or less where the file ends.
 * @returns where the chunk ends that begins at `start`
 */
export function chunkEnd(data: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + MAX_CHUNK_BYTES);
  const first = start + MIN_CHUNK_BYTES;
  if (first >= limit) return limit;
  let hash = 0;
  let at = first - WINDOW;
  for (; at < first - 1; at++) hash = ((hash << 1) + (GEAR[data[at] as number] as number)) | 0;
  for (; at < limit; at++) {
    hash = ((hash << 1) + (GEAR[data[at] as number] as number)) | 0;
    if ((hash & MASK) === 0) return at + 1;
  }
  return limit;
}

/** 256 scattered numbers (SplitMix32). */
function gearTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let mixed = Math.imul(byte + 1, 0x9e3779b9);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  });
}
