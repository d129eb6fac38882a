import { readdir, readlink, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { beginRemoval, type Removal, removalsIn } from '../../removal.ts';
import { ifThere } from './absence.ts';
import { removeRefs, writeRef } from './refs.ts';
import type { RepositoryFolder } from './repository-folder.ts';

/**
 * Takes a snapshot out of its cache, and at the end the blobs that no other snapshot of the repository links to. Refs go first,
 * so that whoever looks meanwhile finds the model missing, not broken.
 * @throws an error of the file system.
 */
export async function beginSnapshotRemoval(folder: RepositoryFolder, commit: string): Promise<Removal> {
  const snapshot = folder.snapshot(commit);
  const own = new Set(await blobsOf(folder, snapshot));
  // Of removals that were cut off, too.
  for (const moved of await removalsIn(folder.path)) {
    for (const blob of await blobsOf(folder, moved, snapshot)) own.add(blob);
  }
  const revisions = await removeRefs(folder, commit);
  // Beside the snapshots: in their directory, huggingface_hub would take it for one.
  const removal = await beginRemoval([snapshot], folder.path);
  return {
    undo: async () => {
      await removal.undo();
      for (const revision of revisions) await writeRef(folder, revision, commit);
    },
    finish: async () => {
      await removeBlobs(folder, own);
      await removal.finish();
      await rm(folder.tree(commit), { force: true });
      await rm(dirname(folder.absent(commit, 'any')), { recursive: true, force: true });
      // huggingface_hub calls a repository without snapshots corrupt.
      const left = (await ifThere(readdir(folder.snapshots))) ?? [];
      if (left.length === 0) await rm(folder.path, { recursive: true, force: true });
    },
  };
}

async function removeBlobs(folder: RepositoryFolder, blobs: ReadonlySet<string>): Promise<void> {
  const left = (await ifThere(readdir(folder.snapshots))) ?? [];
  const others = await Promise.all(left.map((commit) => blobsOf(folder, folder.snapshot(commit))));
  const shared = new Set(others.flat());
  for (const blob of blobs) if (!shared.has(blob)) await rm(blob, { force: true });
}

/**
 * The blobs of the repository that the links in a directory lead to; links to anywhere else are nothing of ours.
 * @param origin where the directory was when its links were made
 */
async function blobsOf(folder: RepositoryFolder, directory: string, origin = directory): Promise<string[]> {
  const entries = (await ifThere(readdir(directory, { recursive: true, withFileTypes: true }))) ?? [];
  const blobs: string[] = [];
  for (const entry of entries.filter((candidate) => candidate.isSymbolicLink())) {
    const target = await ifThere(readlink(join(entry.parentPath, entry.name)));
    if (target === undefined) continue;
    const blob = resolve(origin, relative(directory, entry.parentPath), target);
    if (dirname(blob) === folder.blobs) blobs.push(blob);
  }
  return blobs;
}
