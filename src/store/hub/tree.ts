import { z } from 'zod';
import { isCommit } from './hub-names.ts';
import { isInnerPath } from './safe-path.ts';

/** One file of a repository at a commit. */
export interface TreeFile {
  /** From the root of the repository on, with forward slashes; stays inside it. */
  readonly path: string;
  /** In bytes; of the file itself, not of an LFS pointer. */
  readonly size: number;
  /** What git calls the file, or its LFS pointer: 40 hexadecimal digits. */
  readonly gitSha1: string;
  /** Of LFS files only. */
  readonly sha256: string | undefined;
  readonly xetHash: string | undefined;
}

/** Far beyond any model repository. */
export const MAX_TREE_FILES = 50_000;

const MAX_FILE_BYTES = 2 ** 40;

/** The tree can't be believed. The message completes "the listing of org/name can't be used: …". */
export class InvalidTree extends Error {
  override readonly name = 'InvalidTree';
}

/** One entry of `/api/models/{id}/tree/{revision}?recursive=true`. */
const entrySchema = z.looseObject({
  type: z.string(),
  path: z.string(),
  oid: z.string(),
  size: z.number(),
  lfs: z.looseObject({ oid: z.string(), size: z.number() }).nullish(),
  xetHash: z.string().nullish(),
});

/**
 * Reads one page of a repository's listing. Names and hashes become names of files here: each is looked at first.
 * @throws InvalidTree.
 */
export function parseTreePage(answer: unknown): TreeFile[] {
  const { data, error } = z.array(entrySchema).safeParse(answer);
  if (error) throw new InvalidTree('it is not in the form that the hub uses');
  return data
    .filter(({ type }) => type === 'file')
    .map(({ path, oid, size, lfs, xetHash }) =>
      checkedFile({
        path,
        size: lfs?.size ?? size,
        gitSha1: oid,
        sha256: lfs?.oid,
        xetHash: xetHash ?? undefined,
      }),
    );
}

/**
 * The file, if nothing in it can lead elsewhere.
 * @throws InvalidTree.
 */
export function checkedFile(file: TreeFile): TreeFile {
  const name = JSON.stringify(file.path.slice(0, 200));
  if (!isInnerPath(file.path)) throw new InvalidTree(`${name} is no path inside a repository`);
  if (!isCommit(file.gitSha1)) throw new InvalidTree(`${name} has an object id that is no SHA-1`);
  if (file.sha256 !== undefined && !/^[0-9a-f]{64}$/.test(file.sha256)) {
    throw new InvalidTree(`${name} has a hash that is no SHA-256`);
  }
  if (!Number.isSafeInteger(file.size) || file.size < 0 || file.size > MAX_FILE_BYTES) {
    throw new InvalidTree(`${name} has a size that makes no sense`);
  }
  // Only huggingface_hub uses it, and it throws the whole listing away for a bad one.
  const isXet = file.xetHash !== undefined && /^[0-9a-f]{64}$/.test(file.xetHash);
  return { ...file, xetHash: isXet ? file.xetHash : undefined };
}

/** @throws InvalidTree for a path that is there twice. */
export function treeOf(files: readonly TreeFile[]): ReadonlyMap<string, TreeFile> {
  const tree = new Map(files.map((file) => [file.path, file]));
  if (tree.size !== files.length) throw new InvalidTree('it names a file twice');
  return tree;
}

/** The name of the file in `blobs/`: what the hub gives as its ETag. */
export function blobName({ sha256, gitSha1 }: TreeFile): string {
  return sha256 ?? gitSha1;
}
