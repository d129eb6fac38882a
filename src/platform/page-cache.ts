import { type FileHandle, open } from 'node:fs/promises';

/** Large enough for the disk to stay busy, small enough to be no matter in memory. */
const PIECE_BYTES = 2 ** 20;

/**
 * Reads files once from beginning to end, one after the other, so that whoever maps them next does not wait for the disk.
 * The bytes are not kept. Reading happens on libuv's threads, one piece at a time.
 * @param maxBytes of all files together. Reading on when the memory is full would drop what was read before.
 * @returns the bytes read. A file that does not exist counts 0.
 * @throws the signal's reason; the error of the file system when a file can't be read.
 */
export async function warmPageCache(
  paths: readonly string[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let total = 0;
  for (const path of paths) {
    signal.throwIfAborted();
    if (total >= maxBytes) break;
    await using file = await openIfThere(path);
    if (file !== undefined) total += await readThrough(file, buffer, maxBytes - total, signal);
  }
  return total;
}

async function readThrough(
  file: FileHandle,
  buffer: Buffer,
  maxBytes: number,
  signal: AbortSignal,
): Promise<number> {
  let total = 0;
  while (total < maxBytes) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, maxBytes - total));
    if (bytesRead === 0) break;
    total += bytesRead;
  }
  return total;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
