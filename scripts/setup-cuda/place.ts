import { chmod, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PROVIDER_FILES } from '../../src/platform/cuda/provider-files.ts';
import { type Receipt, writeReceipt } from '../../src/platform/cuda/receipt.ts';
import { syncDirectory } from '../../src/platform/sync-directory.ts';

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
