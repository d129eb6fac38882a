import { mkdir, readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { checkedFile, type TreeFile, treeOf } from '../tree.ts';
import type { RepositoryFolder } from './repository-folder.ts';

/** As huggingface_hub 2 writes it (`_tree_cache.py`). */
const treeSchema = z.object({
  format_version: z.literal(1),
  files: z.record(
    z.string(),
    z.object({
      size: z.number(),
      blob_id: z.string(),
      lfs_sha256: z.string().nullish(),
      lfs_size: z.number().nullish(),
      xet_hash: z.string().nullish(),
    }),
  ),
});

/** The listing of a commit, which never changes; undefined where there is none, or none that can be used. */
export async function readTree(
  folder: RepositoryFolder,
  commit: string,
): Promise<ReadonlyMap<string, TreeFile> | undefined> {
  try {
    const { files } = treeSchema.parse(JSON.parse(await readFile(folder.tree(commit), 'utf8')));
    return treeOf(
      Object.entries(files).map(([path, entry]) =>
        checkedFile({
          path,
          size: entry.lfs_size ?? entry.size,
          gitSha1: entry.blob_id,
          sha256: entry.lfs_sha256 ?? undefined,
          xetHash: entry.xet_hash ?? undefined,
        }),
      ),
    );
  } catch {
    return undefined;
  }
}

/** Keeps the listing of a commit, sorted, where `readTree` and huggingface_hub find it. @throws what the file system throws. */
export async function writeTree(
  folder: RepositoryFolder,
  commit: string,
  tree: ReadonlyMap<string, TreeFile>,
): Promise<void> {
  const sorted = [...tree.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const files = Object.fromEntries(sorted.map((file) => [file.path, entryOf(file)]));
  await mkdir(folder.trees, { recursive: true });
  await writeFileAtomic(folder.tree(commit), JSON.stringify({ format_version: 1, files }, undefined, 1));
}

function entryOf({ size, gitSha1, sha256, xetHash }: TreeFile): object {
  return {
    size,
    blob_id: gitSha1,
    ...(sha256 === undefined ? {} : { lfs_sha256: sha256, lfs_size: size }),
    ...(xetHash === undefined ? {} : { xet_hash: xetHash }),
  };
}
