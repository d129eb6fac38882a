import type { FileHandle } from 'node:fs/promises';

/** Writes all pieces one after the other: a single system call may write less than it was given. @returns their bytes. */
export async function writeFully(
  handle: FileHandle,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<number> {
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await handle.writev(pieces, position);
  if (bytesWritten === total) return total;
  const rest = Buffer.concat(pieces).subarray(bytesWritten);
  for (let done = 0; done < rest.length; ) {
    const written = await handle.write(rest, done, rest.length - done, position + bytesWritten + done);
    if (written.bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    done += written.bytesWritten;
  }
  return total;
}
