import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type JobWatch, runInThread } from './delta/run-in-thread.ts';

/** Hashing so much takes a millisecond or two, and less than a thread to begin. */
const SMALL_BYTES = 2 ** 20;

/**
 * SHA-256 of a file, in hex. Gigabytes are hashed in a thread: here, requests would have to wait.
 * @throws errors of the file system; the signal's reason.
 */
export async function hashFile(path: string, watch: JobWatch): Promise<string> {
  const { size } = await stat(path);
  if (size > SMALL_BYTES) {
    const [sha256] = await runInThread('hash', { paths: [path] }, watch);
    if (sha256 !== undefined) return sha256;
    // It can't be read; whoever reads it here learns why.
  }
  const bytes = await readFile(path, { signal: watch.signal });
  watch.onProgress?.(bytes.length);
  return createHash('sha256').update(bytes).digest('hex');
}
