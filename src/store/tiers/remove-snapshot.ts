import { lstat, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { beginRemoval } from './remove-copy.ts';

/** `refs/refs/pr/1` is as deep as they get. */
const MAX_DEPTH = 8;

/**
 * Deletes one snapshot of the Hugging Face cache, as `hf cache delete` does: the names that lead to it, the snapshot, and the
 * blobs that no other snapshot of that repository links to. A copy without symlinks has its files in the snapshot itself.
 * @param path `…/models--org--name/snapshots/<commit>`
 * @throws an error of the file system.
 */
export async function removeSnapshot(path: string): Promise<void> {
  const repository = dirname(dirname(path));
  const commit = basename(path);
  const blobs = join(repository, 'blobs');
  const targets = await blobsOf(path, blobs);
  // Names first: none of them may lead to nothing.
  await removeRefs(join(repository, 'refs'), commit);
  await rm(join(repository, 'trees', `${commit}.json`), { force: true });
  const removal = await beginRemoval([path]);
  const stillUsed = new Set<string>();
  const snapshots = join(repository, 'snapshots');
  for (const other of await readdir(snapshots).catch(() => [])) {
    if (other.startsWith('.')) continue;
    for (const blob of await blobsOf(join(snapshots, other), blobs)) stillUsed.add(blob);
  }
  for (const blob of targets) if (!stillUsed.has(blob)) await rm(blob, { force: true });
  await removal.finish();
}

/** Paths of the blobs that the links of a snapshot lead to; links to anywhere else are nothing of ours. */
async function blobsOf(path: string, blobs: string, depth = 0): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const info = await lstat(path).catch(() => undefined);
  if (info?.isSymbolicLink()) {
    const target = resolve(dirname(path), await readlink(path));
    if (dirname(target) === blobs) found.add(target);
  } else if (info?.isDirectory() && depth < MAX_DEPTH) {
    for (const name of await readdir(path)) {
      for (const blob of await blobsOf(join(path, name), blobs, depth + 1)) found.add(blob);
    }
  }
  return found;
}

async function removeRefs(directory: string, commit: string, depth = 0): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && depth < MAX_DEPTH) await removeRefs(path, commit, depth + 1);
    else if (entry.isFile() && (await readFile(path, 'utf8')).trim() === commit)
      await rm(path, { force: true });
  }
}
