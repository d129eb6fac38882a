import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What is asked of the file systems; tests have their own. */
export interface Disks {
  /** Two paths with the same number are on one file system. */
  idOf(path: string): Promise<number>;
  /** Bytes that this user may still write there. */
  freeBytesAt(path: string): Promise<number>;
  /** Of the whole file system. */
  totalBytesAt(path: string): Promise<number>;
}

/** The real ones. A path that does not exist yet counts as its nearest directory that does. */
export const systemDisks: Disks = {
  idOf: async (path) => (await stat(await nearest(path))).dev,
  async freeBytesAt(path) {
    const { bavail, bsize } = await statfs(await nearest(path));
    return bavail * bsize;
  },
  async totalBytesAt(path) {
    const { blocks, bsize } = await statfs(await nearest(path));
    return blocks * bsize;
  },
};

/** What stays free on a disk of that size where nobody said how much. */
export function usualFloorBytes(totalBytes: number): number {
  return Math.min(2 ** 30, Math.floor(totalBytes / 20));
}

async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const exists = await stat(at).then(
      () => true,
      () => false,
    );
    if (exists || at === dirname(at)) return at;
  }
}
