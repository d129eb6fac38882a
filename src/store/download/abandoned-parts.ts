import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { lockDirectory } from '../../platform/directory-lock.ts';

const NAME = /^[0-9a-f]{16}-[0-9a-f]{16}$/;

/**
 * Deletes what interrupted downloads left and nobody came back for. Those under way are left alone: they renew a file.
 * @param olderThanMs since anything of it was written; hours at least, as clocks of several machines may be compared.
 * @returns how many were deleted.
 */
export async function removeAbandonedParts(
  partsDirectory: string,
  olderThanMs: number,
  clock: Clock,
): Promise<number> {
  let removed = 0;
  for (const name of await readdir(partsDirectory).catch(() => [])) {
    const directory = join(partsDirectory, name);
    if (!NAME.test(name) || clock.date().getTime() - (await lastWritten(directory)) < olderThanMs) continue;
    const lock = await lockDirectory(directory, 0, clock).catch(() => undefined);
    if (!lock) continue;
    await rm(directory, { recursive: true, force: true });
    await lock.release();
    removed += 1;
  }
  return removed;
}

async function lastWritten(directory: string): Promise<number> {
  const entries = await readdir(directory).catch(() => []);
  const files = await Promise.all(
    ['.', ...entries].map((entry) => stat(join(directory, entry)).catch(() => undefined)),
  );
  return Math.max(0, ...files.map((file) => file?.mtimeMs ?? 0));
}
