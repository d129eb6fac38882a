import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { isCommit } from '../hub-names.ts';
import { ifThere } from './absence.ts';
import type { RepositoryFolder } from './repository-folder.ts';

/** The commit that a branch or tag meant when it was last looked up. */
export async function readRef(folder: RepositoryFolder, revision: string): Promise<string | undefined> {
  const text = await readFile(folder.ref(revision), 'utf8').catch(() => '');
  const commit = text.trim();
  return isCommit(commit) ? commit : undefined;
}

/** Does nothing if it says so already: a cache that can't be written is fine then. */
export async function writeRef(folder: RepositoryFolder, revision: string, commit: string): Promise<void> {
  if ((await readRef(folder, revision)) === commit) return;
  const path = folder.ref(revision);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, commit);
}

/** @returns revisions by the commit that they mean. */
export async function listRefs(folder: RepositoryFolder): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = (await ifThere(readdir(folder.refs, { recursive: true, withFileTypes: true }))) ?? [];
  const refs = new Map<string, string[]>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const revision = relative(folder.refs, join(entry.parentPath, entry.name)).split(sep).join('/');
    const commit = await readRef(folder, revision);
    if (commit !== undefined) refs.set(commit, [...(refs.get(commit) ?? []), revision]);
  }
  return refs;
}

/**
 * Forgets what means a commit. A ref to a missing snapshot makes huggingface_hub call the whole repository corrupt.
 * @returns the branches and tags that were forgotten.
 */
export async function removeRefs(folder: RepositoryFolder, commit: string): Promise<readonly string[]> {
  const revisions = (await listRefs(folder)).get(commit) ?? [];
  for (const revision of revisions) await rm(folder.ref(revision), { force: true });
  return revisions;
}
