import { writevSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

/** Writes all pieces one after the other: a single system call may write less than it was given. @returns their bytes. */
export async function writeFully(
  handle: FileHandle,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<number> {
  let done = 0;
  for (let left = after(pieces, 0); left.length > 0; ) {
    const written = await write(handle, left, position + done);
    if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    done += written;
    left = after(left, written);
  }
  return done;
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

/** What is left of pieces when so many bytes are taken off, without a copy: nothing, or pieces of which the first has some. */
function after(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let gone = bytes;
  const first = pieces.findIndex(({ length }) => {
    if (gone < length) return true;
    gone -= length;
    return false;
  });
  if (first === -1) return [];
  return [(pieces[first] as Uint8Array).subarray(gone), ...pieces.slice(first + 1)];
}
