import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isCommit, isRepositoryId } from '../hub-names.ts';
import { pinnedReference } from '../model-at.ts';
import { ifThere } from './absence.ts';
import { heldFile } from './held-file.ts';
import { listRefs } from './refs.ts';
import { RepositoryFolder, repositoryOfFolder } from './repository-folder.ts';

/** One snapshot on disk, complete or not. */
export interface CachedSnapshot {
  readonly id: string;
  readonly commit: string;
  /** `hf://org/name@<commit>`. */
  readonly reference: string;
  readonly directory: string;
  /** The cache that it lies in. */
  readonly root: string;
  /** Branches and tags that mean it. */
  readonly revisions: readonly string[];
  readonly files: readonly CachedFile[];
  /** Of its files. Blobs that it shares with other snapshots count for each. */
  readonly bytes: number;
  /** When the last of its files was written. */
  readonly lastModified: Date;
}

interface CachedFile {
  /** In the repository, with forward slashes. */
  readonly path: string;
  /** Links resolved: equal for files that share a blob. */
  readonly realPath: string;
  readonly bytes: number;
}

/** Every snapshot of every model in a cache. What is broken is left out. */
export async function listSnapshots(root: string): Promise<readonly CachedSnapshot[]> {
  const found: CachedSnapshot[] = [];
  for (const name of (await ifThere(readdir(root))) ?? []) {
    const id = repositoryOfFolder(name);
    if (id === undefined || !isRepositoryId(id)) continue;
    const folder = new RepositoryFolder(root, id);
    const refs = await listRefs(folder);
    for (const commit of (await ifThere(readdir(folder.snapshots))) ?? []) {
      if (isCommit(commit)) found.push(await describe(folder, commit, refs.get(commit) ?? []));
    }
  }
  return found;
}

async function describe(
  folder: RepositoryFolder,
  commit: string,
  revisions: readonly string[],
): Promise<CachedSnapshot> {
  const directory = folder.snapshot(commit);
  const entries = (await ifThere(readdir(directory, { recursive: true, withFileTypes: true }))) ?? [];
  const files: CachedFile[] = [];
  let lastModified = new Date(0);
  for (const entry of entries.filter((candidate) => !candidate.isDirectory())) {
    const path = join(entry.parentPath, entry.name);
    const held = await heldFile(folder, path).catch(() => undefined);
    if (held === undefined) continue;
    const { mtime } = await stat(held.path);
    if (mtime > lastModified) lastModified = mtime;
    files.push({
      path: relative(directory, path).split(sep).join('/'),
      realPath: held.path,
      bytes: held.bytes,
    });
  }
  const { id, root } = folder;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const reference = pinnedReference({ id, commit, subpath: undefined });
  return { id, commit, reference, directory, root, revisions, files, bytes, lastModified };
}
