import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { ifThere } from './cache/absence.ts';
import type { CacheRoots } from './cache/cache-roots.ts';
import { fileOfSnapshot } from './cache/held-file.ts';
import { RepositoryFolder } from './cache/repository-folder.ts';
import { readTree } from './cache/tree-file.ts';
import type { FileRules } from './file-rules.ts';
import { type ModelAt, pathInRepository, pinnedReference } from './model-at.ts';
import { type FileSource, selectFiles } from './select-files.ts';
import type { TreeFile } from './tree.ts';

/** A model that is on this machine as a whole. */
export interface LocalSnapshot {
  readonly folder: RepositoryFolder;
  /** Of the model: the snapshot, or a folder in it. */
  readonly directory: string;
  /** Paths in that directory. */
  readonly files: readonly string[];
  /** Whether it was held against the listing of the commit. Without one, files are there, whatever their size. */
  readonly isListed: boolean;
}

/** A file is missing, or has another size than the commit says. */
class NotHeld extends Error {}

/** Finds complete models in HF caches, without asking anybody. */
export class LocalSnapshots {
  readonly #roots: CacheRoots;
  readonly #rules: FileRules;

  constructor(roots: CacheRoots, rules: FileRules) {
    this.#roots = roots;
    this.#rules = rules;
  }

  /** Where a repository may be, the place for new files first. */
  folders(id: string): RepositoryFolder[] {
    return [this.#roots.writable, ...this.#roots.readOnly].map((root) => new RepositoryFolder(root, id));
  }

  /** The listing of a commit, from any of the caches. */
  async tree(id: string, commit: string): Promise<ReadonlyMap<string, TreeFile> | undefined> {
    for (const folder of this.folders(id)) {
      const tree = await readTree(folder, commit);
      if (tree !== undefined) return tree;
    }
    return undefined;
  }

  /** @throws ServiceError forbidden_reference when a link leads out of the repository. */
  async find(model: ModelAt): Promise<LocalSnapshot | undefined> {
    const tree = await this.tree(model.id, model.commit);
    for (const folder of this.folders(model.id)) {
      const found = await this.#findIn(folder, model, tree);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #findIn(
    folder: RepositoryFolder,
    model: ModelAt,
    tree: ReadonlyMap<string, TreeFile> | undefined,
  ): Promise<LocalSnapshot | undefined> {
    const { commit, subpath = '' } = model;
    const names = tree ?? (await filesBelow(folder.snapshot(commit)));
    const directory = join(folder.snapshot(commit), ...subpath.split('/'));
    const bring = async (paths: readonly string[]): Promise<void> => {
      for (const path of paths.map((name) => pathInRepository(model, name))) {
        const size = tree?.get(path)?.size;
        const held = await fileOfSnapshot(folder, commit, size === undefined ? { path } : { path, size });
        if (held === undefined) throw new NotHeld(path);
      }
    };
    const source: FileSource = {
      directory,
      id: model.id,
      name: pinnedReference(model),
      has: (path) => names.has(pathInRepository(model, path)),
      peek: (path) => bring([path]),
      bring,
    };
    try {
      const files = await selectFiles(source, model.dtype, this.#rules);
      return { folder, directory, files, isListed: tree !== undefined };
    } catch (error) {
      // What can't be served is not complete; why, is said when it is fetched.
      const isIncomplete = error instanceof ServiceError && error.type === 'invalid_model';
      if (error instanceof NotHeld || isIncomplete) return undefined;
      throw error;
    }
  }
}

async function filesBelow(directory: string): Promise<ReadonlySet<string>> {
  const entries = (await ifThere(readdir(directory, { recursive: true, withFileTypes: true }))) ?? [];
  const files = entries.filter((entry) => !entry.isDirectory());
  return new Set(
    files.map(({ parentPath, name }) => relative(directory, join(parentPath, name)).split(sep).join('/')),
  );
}
