import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Runs with the directory that is to be kept, or with a temporary one that is deleted in the end. */
export async function withWorkDirectory<T>(
  kept: string | undefined,
  run: (directory: string) => Promise<T>,
): Promise<T> {
  if (kept !== undefined) {
    await mkdir(kept, { recursive: true });
    return await run(resolve(kept));
  }
  const directory = await mkdtemp(join(tmpdir(), 'rerankd-bench-'));
  try {
    return await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
