import { randomUUID } from 'node:crypto';
import { readdir, readlink, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ifThere } from './absence.ts';
import { removeRefs } from './refs.ts';
import type { RepositoryFolder } from './repository-folder.ts';

/**
 * Deletes a snapshot, and the blobs that no other snapshot of the repository links to. Refs go first, so that whoever
 * looks meanwhile finds the model missing, not broken. The caller sees to it that nobody uses or fetches it.
 */
export async function removeSnapshot(folder: RepositoryFolder, commit: string): Promise<void> {
  const own = await blobsOf(folder, commit);
  await removeRefs(folder, commit);
  const doomed = join(folder.path, `.removed-${randomUUID()}`);
  if ((await ifThere(rename(folder.snapshot(commit), doomed).then(() => true))) === undefined) return;
  const left = (await ifThere(readdir(folder.snapshots))) ?? [];
  const others = await Promise.all(left.map((other) => blobsOf(folder, other)));
  const shared = new Set(others.flatMap((blobs) => [...blobs]));
  for (const blob of own) if (!shared.has(blob)) await rm(folder.blob(blob), { force: true });
  await rm(doomed, { recursive: true, force: true });
  await rm(folder.tree(commit), { force: true });
  await rm(dirname(folder.absent(commit, 'any')), { recursive: true, force: true });
  // huggingface_hub calls a repository without snapshots corrupt.
  if (left.length === 0) await rm(folder.path, { recursive: true, force: true });
}

/** Names of the blobs that a snapshot links to. */
async function blobsOf(folder: RepositoryFolder, commit: string): Promise<ReadonlySet<string>> {
  const directory = folder.snapshot(commit);
  const entries = (await ifThere(readdir(directory, { recursive: true, withFileTypes: true }))) ?? [];
  const blobs = new Set<string>();
  for (const entry of entries.filter((candidate) => candidate.isSymbolicLink())) {
    blobs.add(basename(await readlink(join(entry.parentPath, entry.name))));
  }
  return blobs;
}
