import { basename, dirname, join } from 'node:path';
import { type CachedSnapshot, listSnapshots } from './hub/cache/list-snapshots.ts';
import { beginSnapshotRemoval } from './hub/cache/remove-snapshot.ts';
import { RepositoryFolder, repositoryOfFolder } from './hub/cache/repository-folder.ts';
import { type StoredManifest, StoredManifests } from './manifest/stored-manifests.ts';
import { beginRemoval, finishOldRemovals } from './removal.ts';
import type { CopySource, StoredCopy } from './retention/copy-source.ts';
import { TreeSizes } from './tree-size.ts';

/** Where the copies of a state directory lie. */
export interface CopyPlaces {
  /** Caches in the layout of huggingface_hub. */
  readonly caches: readonly string[];
  /** Of the files that came by manifests. */
  readonly manifests: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The places of a state directory; where the shared cache can't be written, its own takes what is new. */
export function copyPlaces(stateDirectory: string, cacheDirectory: string) {
  const published = join(stateDirectory, 'published');
  const ownCache = join(stateDirectory, 'hub');
  return {
    ownCache,
    published,
    caches: [cacheDirectory, ownCache],
    manifests: join(published, 'manifests'),
  };
}

/** Whoever uses a snapshot of a repository holds it: snapshots share blobs. */
export function repositoryLease(id: string): string {
  return `hf://${id}`;
}

/** What the private copies of models were made from. */
export function copySources({ caches, manifests, now }: CopyPlaces): readonly CopySource[] {
  return [...caches.map((cache) => snapshotSource(cache, now)), manifestSource(manifests, now)];
}

/** A Hugging Face cache, which other programs share. */
function snapshotSource(cache: string, now: () => number): CopySource {
  return {
    kind: 'snapshot',
    isShared: true,
    list: async () => countedOnce(await listSnapshots(cache)),
    beginRemoval: async ({ path }) => {
      const repository = dirname(dirname(path));
      const id = repositoryOfFolder(basename(repository));
      if (id === undefined) throw new Error(`${path} is no snapshot of a model`);
      const removal = await beginSnapshotRemoval(new RepositoryFolder(cache, id), basename(path));
      await finishOldRemovals(repository, now());
      return removal;
    },
  };
}

/** Copies that came by a manifest, in the state directory. */
function manifestSource(root: string, now: () => number): CopySource {
  return {
    kind: 'manifest',
    isShared: false,
    list: async () => {
      const sizes = new TreeSizes();
      const copies: StoredCopy[] = [];
      for (const stored of await new StoredManifests(root).list())
        copies.push(await manifestCopy(stored, sizes));
      return copies;
    },
    beginRemoval: async ({ path }) => {
      await finishOldRemovals(root, now());
      return await beginRemoval([path]);
    },
  };
}

async function manifestCopy(
  { sha256, url, directory }: StoredManifest,
  sizes: TreeSizes,
): Promise<StoredCopy> {
  const path = dirname(directory);
  const reference = `${url.href}#sha256=${sha256}`;
  return { key: sha256, leaseKey: sha256, reference, path, bytes: await sizes.of(path) };
}

function countedOnce(snapshots: readonly CachedSnapshot[]): StoredCopy[] {
  const counted = new Set<string>();
  return snapshots.map(({ id, reference, directory, files }) => {
    let bytes = 0;
    for (const file of files) {
      if (!counted.has(file.realPath)) bytes += file.bytes;
      counted.add(file.realPath);
    }
    return { key: reference, leaseKey: repositoryLease(id), reference, path: directory, bytes };
  });
}
