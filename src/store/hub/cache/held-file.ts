import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ServiceError } from '../../../errors.ts';
import { ifThere } from './absence.ts';
import type { RepositoryFolder } from './repository-folder.ts';

/** A file that is on this machine. */
export interface HeldFile {
  /** Links resolved. */
  readonly path: string;
  readonly bytes: number;
}

/** `blobs/<two digits>/<xet hash>` of the cache itself: there huggingface_hub 2 shares files between repositories. */
const SHARED_BLOB = /^blobs\/[0-9a-f]{2}\/[0-9a-f]{64}$/;

/**
 * Finds a file in a snapshot or among the blobs.
 * @param path absolute, inside the folder
 * @throws ServiceError forbidden_reference when links lead out of the repository.
 */
export async function heldFile(folder: RepositoryFolder, path: string): Promise<HeldFile | undefined> {
  const real = await ifThere(realpath(path));
  if (real === undefined) return undefined;
  const info = await stat(real);
  if (!info.isFile()) return undefined;
  if (!(await isOwn(folder, real))) {
    throw new ServiceError('forbidden_reference', `${path} is a link that leads out of its repository`, {
      detail: `It leads to ${real}. Delete the link; the file is fetched again then.`,
    });
  }
  return { path: real, bytes: info.size };
}

async function isOwn(folder: RepositoryFolder, real: string): Promise<boolean> {
  if (real.startsWith((await realpath(folder.path)) + sep)) return true;
  const inCache = relative(await realpath(folder.root), real);
  return SHARED_BLOB.test(inCache.split(sep).join('/'));
}

/** A file of a snapshot with that size, or with any. */
export async function fileOfSnapshot(
  folder: RepositoryFolder,
  commit: string,
  { path, size }: { readonly path: string; readonly size?: number },
): Promise<HeldFile | undefined> {
  const held = await heldFile(folder, join(folder.snapshot(commit), ...path.split('/')));
  return held === undefined || (size !== undefined && held.bytes !== size) ? undefined : held;
}
