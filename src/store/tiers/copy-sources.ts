import { dirname } from 'node:path';
import type { CopySource, StoredCopy } from './copy-source.ts';
import { beginRemoval } from './remove-copy.ts';
import { removeSnapshot } from './remove-snapshot.ts';
import { TreeSizes } from './tree-size.ts';

/** A snapshot of the Hugging Face cache. */
export interface SnapshotOnDisk {
  /** `hf://org/name@<commit>` */
  readonly reference: string;
  readonly directory: string;
  /** Those of equal real paths share a blob. */
  readonly files: readonly { readonly realPath: string; readonly bytes: number }[];
}

/** What came by a manifest: `<sha256>/model` and what is known of it beside that. */
export interface ManifestOnDisk {
  readonly sha256: string;
  readonly url: URL;
  readonly directory: string;
}

/** The Hugging Face cache, which other programs share. */
export function snapshotSource(list: () => Promise<readonly SnapshotOnDisk[]>): CopySource {
  return {
    kind: 'snapshot',
    isShared: true,
    list: async () => countedOnce(await list()),
    remove: ({ path }) => removeSnapshot(path),
  };
}

/** Copies that came by a manifest, in the state directory. */
export function manifestSource(list: () => Promise<readonly ManifestOnDisk[]>): CopySource {
  return {
    kind: 'manifest',
    isShared: false,
    list: async () => {
      const sizes = new TreeSizes();
      const copies: StoredCopy[] = [];
      for (const { sha256, url, directory } of await list()) {
        const path = dirname(directory);
        const reference = `${url.href}#sha256=${sha256}`;
        copies.push({ key: sha256, reference, path, bytes: await sizes.of(path) });
      }
      return copies;
    },
    remove: removeDirectory,
  };
}

function countedOnce(snapshots: readonly SnapshotOnDisk[]): StoredCopy[] {
  const counted = new Set<string>();
  return snapshots.map(({ reference, directory, files }) => {
    let bytes = 0;
    for (const file of files) {
      if (!counted.has(file.realPath)) bytes += file.bytes;
      counted.add(file.realPath);
    }
    return { key: reference, reference, path: directory, bytes };
  });
}

async function removeDirectory({ path }: StoredCopy): Promise<void> {
  const removal = await beginRemoval([path]);
  await removal.finish();
}
