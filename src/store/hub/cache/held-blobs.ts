import { readdir } from 'node:fs/promises';
import { blobName, type TreeFile } from '../tree.ts';
import { ifThere } from './absence.ts';
import { fileOfSnapshot, heldFile } from './held-file.ts';
import type { RepositoryFolder } from './repository-folder.ts';
import { readTree } from './tree-file.ts';

/** More commits of one repository than anybody keeps. */
const MAX_COMMITS = 200;

/** Where the content of files lies already: among blobs, or, without links, in snapshots of other commits. */
export class HeldBlobs {
  readonly #folders: readonly RepositoryFolder[];
  #places: Promise<ReadonlyMap<string, readonly Place[]>> | undefined;

  /** @param folders of one repository, in all caches */
  constructor(folders: readonly RepositoryFolder[]) {
    this.#folders = folders;
  }

  /** Paths of files that have the size of this one, and by their names its content. */
  async *find(file: TreeFile): AsyncGenerator<string> {
    const name = blobName(file);
    for (const folder of this.#folders) {
      const blob = await heldFile(folder, folder.blob(name)).catch(() => undefined);
      if (blob?.bytes === file.size) yield blob.path;
    }
    this.#places ??= placesOf(this.#folders);
    for (const { folder, commit, path } of (await this.#places).get(name) ?? []) {
      const held = await fileOfSnapshot(folder, commit, { path, size: file.size }).catch(() => undefined);
      if (held !== undefined) yield held.path;
    }
  }
}

interface Place {
  readonly folder: RepositoryFolder;
  readonly commit: string;
  readonly path: string;
}

async function placesOf(
  folders: readonly RepositoryFolder[],
): Promise<ReadonlyMap<string, readonly Place[]>> {
  const places = new Map<string, Place[]>();
  for (const folder of folders) {
    const commits = (await ifThere(readdir(folder.snapshots))) ?? [];
    for (const commit of commits.slice(0, MAX_COMMITS)) {
      for (const file of (await readTree(folder, commit))?.values() ?? []) {
        const name = blobName(file);
        places.set(name, [...(places.get(name) ?? []), { folder, commit, path: file.path }]);
      }
    }
  }
  return places;
}
