import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PROVIDER_FILES } from '../../src/platform/cuda/provider-files.ts';
import { type Receipt, writeReceipt } from '../../src/platform/cuda/receipt.ts';
import { syncDirectory } from '../../src/platform/sync-directory.ts';

/** What a run works in: on the file system of the target, so that renaming is all that is left to do. */
export const STAGING_PREFIX = '.setup-cuda-';

/** A run takes minutes, on a slow line hours. What is older was left by one that was killed. */
const STALE_MS = 24 * 3_600_000;

/**
 * Moves the libraries from a folder on the same file system to where they belong, each at once and whole; the provider, by which
 * the installation is known, comes last. Who has the old ones loaded keeps them.
 */
export async function placeProvider(from: string, to: string, receipt: Receipt): Promise<void> {
  for (const name of PROVIDER_FILES) {
    const path = join(from, name);
    await chmod(path, 0o644);
    await using file = await open(path, 'r');
    await file.sync();
  }
  for (const name of PROVIDER_FILES) await rename(join(from, name), join(to, name));
  await writeReceipt(to, receipt);
  await syncDirectory(to);
}

/** Deletes what runs left behind that were killed. */
export async function clearLeftovers(directory: string, now: Date): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(STAGING_PREFIX));
  for (const path of names.map((name) => join(directory, name))) {
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined && now.getTime() - info.mtimeMs > STALE_MS)
      await rm(path, { recursive: true, force: true });
  }
}
