import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { CHUNK_HASH_BYTES, type ChunkIndex, decodeIndex, hashOf, lengthOf } from '../chunk-index.ts';
import { MAX_CHUNK_BYTES } from '../chunker.ts';
import type { Jobs } from './protocol.ts';

/** @returns for each chunk 1 when the target has it, and 0 when not. */
export function assemble(
  { old, target, next, sources }: Jobs['assemble']['request'],
  report: (bytes: number) => void,
): Uint8Array {
  const index = decodeIndex(next);
  const present = new Uint8Array(index.count);
  const buffer = Buffer.allocUnsafe(MAX_CHUNK_BYTES);
  const source = openSync(old, 'r');
  try {
    const file = openSync(target, constants.O_RDWR | constants.O_CREAT, 0o644);
    try {
      const isResumed = fstatSync(file).size > 0;
      ftruncateSync(file, index.size);
      for (let chunk = 0; chunk < index.count; chunk++) {
        const bytes = buffer.subarray(0, lengthOf(index, chunk));
        const offset = index.offsets[chunk] as number;
        const from = sources[chunk] as number;
        if (isResumed && isRead(file, bytes, offset) && isRight(bytes, index, chunk)) present[chunk] = 1;
        else if (from >= 0 && isRead(source, bytes, from) && isRight(bytes, index, chunk)) {
          writeAll(file, bytes, offset);
          present[chunk] = 1;
        }
        report(bytes.length);
      }
    } finally {
      closeSync(file);
    }
  } finally {
    closeSync(source);
  }
  return present;
}

function isRead(file: number, bytes: Buffer, offset: number): boolean {
  let done = 0;
  while (done < bytes.length) {
    const more = readSync(file, bytes, done, bytes.length - done, offset + done);
    if (more === 0) return false;
    done += more;
  }
  return true;
}

function writeAll(file: number, bytes: Buffer, offset: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, offset + done);
}

function isRight(bytes: Buffer, index: ChunkIndex, chunk: number): boolean {
  return hash('sha256', bytes, 'buffer').subarray(0, CHUNK_HASH_BYTES).equals(hashOf(index, chunk));
}
