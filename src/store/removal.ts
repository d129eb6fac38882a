import { randomUUID } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const PREFIX = '.evicted-';

/** A removal is over within seconds, or its process has ended. */
const LONGEST_REMOVAL_MS = 60_000;

/** Something that was moved out of the way, and can still be put back. */
export interface Removal {
  finish(): Promise<void>;
  undo(): Promise<void>;
}

/**
 * Takes files or directories out of their place in one step each, so that nobody ever finds a half-deleted one. Whoever has them
 * open or mapped keeps their bytes until the end.
 * @param place where they go meanwhile, on the same file system; beside where they are by default.
 * @throws an error of the file system; then all is as before.
 */
export async function beginRemoval(paths: readonly string[], place?: string): Promise<Removal> {
  const moved: { readonly from: string; readonly to: string }[] = [];
  const undo = async (): Promise<void> => {
    for (const { from, to } of moved.toReversed()) await rename(to, from).catch(() => {});
  };
  try {
    for (const from of paths) {
      const to = join(place ?? dirname(from), `${PREFIX}${randomUUID()}`);
      if (await moveIfThere(from, to)) moved.push({ from, to });
    }
  } catch (error) {
    await undo();
    throw error;
  }
  const finish = async (): Promise<void> => {
    for (const { to } of moved) await rm(to, { recursive: true, force: true });
  };
  return { finish, undo };
}

/** Paths of what was taken out of its place into this directory, and is not deleted yet. */
export async function removalsIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((): string[] => []);
  return names.filter((name) => name.startsWith(PREFIX)).map((name) => join(directory, name));
}

/**
 * Deletes what a process that was killed in the middle of a removal left in a directory.
 * @param now in milliseconds since 1970
 */
export async function finishOldRemovals(directory: string, now: number): Promise<void> {
  for (const path of await removalsIn(directory)) {
    // The moment of the renaming.
    const movedAt = (await lstat(path).catch(() => undefined))?.ctimeMs ?? now;
    if (now - movedAt > LONGEST_REMOVAL_MS) await rm(path, { recursive: true, force: true });
  }
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
