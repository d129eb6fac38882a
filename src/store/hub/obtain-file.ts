import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BlobSource, Downloader } from '../download/blob.ts';
import { copyBlob } from './cache/copy-blob.ts';
import type { HeldBlobs } from './cache/held-blobs.ts';
import { fileOfSnapshot, heldFile } from './cache/held-file.ts';
import { linkBlob } from './cache/place-file.ts';
import type { RepositoryFolder } from './cache/repository-folder.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { SingleFlight } from './single-flight.ts';
import { blobName, type TreeFile } from './tree.ts';

/** Where files of one commit come from and go to. */
export interface Obtaining {
  readonly folder: RepositoryFolder;
  readonly commit: string;
  /** Whether the file in the snapshot is a link to a blob, or the file itself. */
  readonly symlinks: boolean;
  readonly held: HeldBlobs;
  readonly downloader: Downloader;
  /** Downloads under way, by their targets: several files, and several snapshots, may want one blob. */
  readonly downloads: Downloads;
  readonly sources: (path: string) => readonly BlobSource[];
  readonly partsDirectory: string;
  readonly signal: AbortSignal;
}

export type Downloads = SingleFlight<void, number>;

/** Whether a file is in place already, so that nothing has to be fetched for it. */
export async function isInPlace(file: TreeFile, { folder, commit, symlinks }: Obtaining): Promise<boolean> {
  if ((await fileOfSnapshot(folder, commit, file)) !== undefined) return true;
  const blob = symlinks ? await heldFile(folder, folder.blob(blobName(file))) : undefined;
  return blob?.bytes === file.size;
}

/**
 * Has a file in its snapshot: as it is, by a link to its blob, by a copy from elsewhere on this machine, or by a download.
 * @param onBytes is told of every byte once, wherever it comes from
 * @throws what the downloader throws.
 */
export async function obtainFile(
  file: TreeFile,
  obtaining: Obtaining,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { folder, commit, symlinks, signal } = obtaining;
  signal.throwIfAborted();
  if ((await fileOfSnapshot(folder, commit, file)) !== undefined) return onBytes(file.size);
  const target = symlinks ? folder.blob(blobName(file)) : folder.file(commit, file.path);
  let told = 0;
  const tell = (bytes: number): void => {
    told += bytes;
    onBytes(bytes);
  };
  await obtaining.downloads.run(target, signal, tell, (ownSignal, report) =>
    bringTo(target, file, { ...obtaining, signal: ownSignal }, report),
  );
  // What was there before, and what others brought before we joined them.
  if (told < file.size) onBytes(file.size - told);
  if (symlinks) await linkBlob(folder, commit, file.path, blobName(file));
}

async function bringTo(
  target: string,
  file: TreeFile,
  obtaining: Obtaining,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  if ((await heldFile(obtaining.folder, target))?.bytes === file.size) return;
  if (await copyHeld(file, target, obtaining)) return;
  await download(file, target, obtaining, onBytes);
}

async function copyHeld(file: TreeFile, target: string, obtaining: Obtaining): Promise<boolean> {
  for await (const path of obtaining.held.find(file)) {
    if (await copyBlob(path, target, file, obtaining.partsDirectory, obtaining.signal)) return true;
  }
  return false;
}

async function download(
  file: TreeFile,
  target: string,
  { folder, downloader, sources, partsDirectory, signal }: Obtaining,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { size, sha256, gitSha1 } = file;
  const places = sources(file.path);
  try {
    await downloader.fetch({
      name: `${file.path} of ${folder.id}`,
      sources: places,
      target,
      partsDirectory,
      expected: sha256 === undefined ? { size, gitSha1 } : { size, sha256 },
      onBytes,
      signal,
    });
  } catch (error) {
    throw explainRefusal(error, folder.id, places);
  }
}
