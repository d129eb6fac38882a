import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../../platform/sync-directory.ts';

/** True where a file of that size has the name that only verified blobs get. */
export async function isInPlace(target: string, size: number): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  return found !== undefined && found.isFile() && found.size === size;
}

/** True when a rename from one directory to the other is possible. */
export async function areOnOneDevice(one: string, other: string): Promise<boolean> {
  return (await stat(one)).dev === (await stat(other)).dev;
}

/** Gives a synced file its final name, in one step and for good, on another file system too. */
export async function moveIntoPlace(path: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await rename(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyIntoPlace(path, target);
  }
  await syncDirectory(dirname(target));
}

async function copyIntoPlace(path: string, target: string): Promise<void> {
  const copy = `${target}.${randomUUID()}.incomplete`;
  try {
    await copyFile(path, copy);
    const handle = await open(copy, 'r');
    await handle.sync().finally(() => handle.close());
    await rename(copy, target);
  } finally {
    await rm(copy, { force: true });
  }
}
