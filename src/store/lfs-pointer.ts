import { open } from 'node:fs/promises';

/** Pointers have some 130 bytes (git-lfs, docs/spec.md). */
const MAX_POINTER_BYTES = 1024;
const BEGINNING = 'version https://git-lfs';

/** True for what Git leaves in place of a large file that was not pulled. @param bytes size of the file */
export async function isLfsPointer(path: string, bytes: number): Promise<boolean> {
  if (bytes >= MAX_POINTER_BYTES) return false;
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING.length), 0, BEGINNING.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === BEGINNING;
  } finally {
    await handle.close();
  }
}
