import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes that are gathered before they are written. */
const CHUNK_BYTES = 1 << 20;

/** UTF-8 has at most so many bytes for a unit of UTF-16. */
const BYTES_PER_UNIT = 3;

/** Writes a new file from pieces of text, in bounded memory, and makes it durable. */
export async function writeText(directory: string, name: string, pieces: Iterable<string>): Promise<void> {
  await using file = await open(join(directory, name), 'wx');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let filled = 0;
  for (const piece of pieces) {
    if (filled + piece.length * BYTES_PER_UNIT > CHUNK_BYTES) {
      await writeWhole(file, chunk.subarray(0, filled));
      filled = 0;
    }
    if (piece.length * BYTES_PER_UNIT > CHUNK_BYTES) await writeWhole(file, Buffer.from(piece));
    else filled += chunk.write(piece, filled);
  }
  await writeWhole(file, chunk.subarray(0, filled));
  await file.sync();
}

/** Writes all of the data: a single write may end early, on a full disk for one. */
export async function writeWhole(file: FileHandle, data: ArrayBufferView): Promise<void> {
  let rest = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  while (rest.byteLength > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
}
