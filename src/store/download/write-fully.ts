import { writevSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

/** Writes all pieces one after the other: a single system call may write less than it was given. @returns their bytes. */
export async function writeFully(
  handle: FileHandle,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<number> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  for (let done = 0, left = pieces; done < total; left = after(pieces, done)) {
    const written = await write(handle, left, position + done);
    if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    done += written;
  }
  return total;
}

/**
 * A thread of its own writes by itself: the threads that Node writes with have the priority of the server, and it is they who would
 * copy gigabytes while requests wait for a processor.
 */
async function write(handle: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<number> {
  if (!isMainThread) return writevSync(handle.fd, pieces, position);
  const { bytesWritten } = await handle.writev(pieces, position);
  return bytesWritten;
}

function after(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  return [Buffer.concat(pieces).subarray(bytes)];
}
