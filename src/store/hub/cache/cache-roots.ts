import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../../errors.ts';
import { canLink } from './place-file.ts';

/** Where hub models are kept on this machine. */
export interface CacheRoots {
  /** New files come here. */
  readonly writable: string;
  /** Looked through as well, and never changed. */
  readonly readOnly: readonly string[];
  /** Whether snapshots are links to blobs. Without, files lie in the snapshots themselves. */
  readonly symlinks: boolean;
}

/** For backup programs, in huggingface_hub's words (https://bford.info/cachedir/). */
const TAG =
  'Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag created by huggingface_hub.\n# For information about cache directory tags, see:\n#\thttps://bford.info/cachedir/\n';

/**
 * Finds out what can be done with a cache. One that can't be written is read, and `fallback` takes what is new.
 * @param canWrite for tests
 * @throws ServiceError insufficient_storage when neither can be written.
 */
export async function openCacheRoots(
  cache: string,
  fallback: string,
  symlinks: 'auto' | 'no',
  canWrite: (directory: string) => Promise<boolean> = isWritable,
): Promise<CacheRoots> {
  const isOwn = await canWrite(cache);
  const writable = isOwn ? cache : fallback;
  if (!isOwn && !(await canWrite(fallback))) {
    throw new ServiceError('insufficient_storage', `neither ${cache} nor ${fallback} can be written`, {
      detail: 'Make one of them writable, or point HF_HUB_CACHE to another volume.',
    });
  }
  await writeFile(join(writable, 'CACHEDIR.TAG'), TAG, { flag: 'wx' }).catch(() => {});
  return {
    writable,
    readOnly: isOwn ? [] : [cache],
    symlinks: symlinks === 'auto' && (await canLink(writable)),
  };
}

async function isWritable(directory: string): Promise<boolean> {
  const probe = join(directory, `.write-${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(probe, '');
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
