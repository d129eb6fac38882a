import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashFile } from '../../download/verify.ts';
import type { TreeFile } from '../tree.ts';

/**
 * Copies a file that another cache or another snapshot has. It shares its blocks where the file system can.
 * @param directory for the unfinished copy; on the volume of the target
 * @returns false when it is not the file that the tree names.
 */
export async function copyBlob(
  source: string,
  target: string,
  file: TreeFile,
  directory: string,
  signal: AbortSignal,
): Promise<boolean> {
  await mkdir(directory, { recursive: true });
  const copy = join(directory, `copy-${randomUUID()}`);
  try {
    await copyFile(source, copy, constants.COPYFILE_FICLONE);
    if (!(await isContent(copy, file, signal))) return false;
    await mkdir(dirname(target), { recursive: true });
    await rename(copy, target);
    return true;
  } finally {
    await rm(copy, { force: true });
  }
}

/** Whether a file has the size and the hash that a tree gives. It is synced to the disk on the way. */
async function isContent(path: string, file: TreeFile, signal: AbortSignal): Promise<boolean> {
  if ((await stat(path)).size !== file.size) return false;
  const algorithm = file.sha256 === undefined ? 'git-sha1' : 'sha256';
  const found = await hashFile(path, file.size, algorithm, signal);
  if (found !== (file.sha256 ?? file.gitSha1)) return false;
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
  return true;
}
