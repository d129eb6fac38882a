import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { CHUNK_HASH_BYTES, createIndex, encodeIndex } from '../chunk-index.ts';
import { chunkEnd, MAX_CHUNK_BYTES } from '../chunker.ts';

const BUFFER_BYTES = 16 * MAX_CHUNK_BYTES;

/** @returns the index of a file, as it is published. */
export function indexFile(path: string, report: (bytes: number) => void): Uint8Array {
  const whole = createHash('sha256');
  const lengths: number[] = [];
  const hashes: Buffer[] = [];
  for (const chunk of chunksOf(path, report)) {
    whole.update(chunk);
    lengths.push(chunk.length);
    hashes.push(hash('sha256', chunk, 'buffer').subarray(0, CHUNK_HASH_BYTES));
  }
  return encodeIndex(createIndex(whole.digest('hex'), lengths, Buffer.concat(hashes)));
}

/** Each chunk is gone when the next one is asked for: they share one buffer. */
function* chunksOf(path: string, report: (bytes: number) => void): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const file = openSync(path, 'r');
  try {
    let start = 0;
    let end = 0;
    let isAtEnd = false;
    for (;;) {
      if (!isAtEnd && end - start < MAX_CHUNK_BYTES) {
        buffer.copyWithin(0, start, end);
        end -= start;
        start = 0;
        const bytes = readSync(file, buffer, end, BUFFER_BYTES - end, null);
        isAtEnd = bytes === 0;
        end += bytes;
        report(bytes);
        continue;
      }
      if (start === end) return;
      const next = chunkEnd(buffer, start, end);
      yield buffer.subarray(start, next);
      start = next;
    }
  } finally {
    closeSync(file);
  }
}
