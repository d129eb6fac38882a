import { randomUUID } from 'node:crypto';
import { mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { RepositoryFolder } from './repository-folder.ts';

/**
 * Makes a file of a snapshot a relative link to its blob, whatever was there. Readers see the old file or the link, and
 * several processes may do it at once.
 */
export async function linkBlob(
  folder: RepositoryFolder,
  commit: string,
  path: string,
  blob: string,
): Promise<void> {
  const link = folder.file(commit, path);
  const target = relative(dirname(link), folder.blob(blob));
  if ((await readlink(link).catch(() => undefined)) === target) return;
  await mkdir(dirname(link), { recursive: true });
  const temporary = join(dirname(link), `.${basename(link)}.${randomUUID()}`);
  try {
    await symlink(target, temporary);
    await rename(temporary, link);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Whether links can be made there. They can't on some network and container volumes. */
export async function canLink(directory: string): Promise<boolean> {
  const link = join(directory, `.link-${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    await symlink('nowhere', link);
    return true;
  } catch {
    return false;
  } finally {
    await rm(link, { force: true }).catch(() => {});
  }
}
