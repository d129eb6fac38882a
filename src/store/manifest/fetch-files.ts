import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inParallel } from '../../platform/in-parallel.ts';
import { runInThread } from '../delta/run-in-thread.ts';
import type { Fetchers } from '../fetch-thread/fetchers.ts';
import type { FetchWork } from '../fetch-work.ts';
import { publicUrl } from '../transport/public-url.ts';
import { FileProgress } from './file-progress.ts';
import type { PublishedFile } from './manifest.ts';
import { oldVersion, sameContent } from './old-versions.ts';
import type { StoredManifest } from './stored-manifests.ts';

/** Files at a time. A large one comes over several connections by itself. */
const FILES_AT_ONCE = 3;

export interface FilesFetch extends Fetchers {
  /** Of the manifest. */
  readonly url: URL;
  readonly files: readonly PublishedFile[];
  readonly directory: string;
  readonly partsDirectory: string;
  readonly stored: readonly StoredManifest[];
  readonly work: FetchWork;
}

/** Brings all files of a manifest to their places, each checked by its hash. */
export async function fetchFiles(fetch: FilesFetch): Promise<void> {
  const { files, directory, work } = fetch;
  const progress = new FileProgress(files, work.advance);
  for (const { path } of files) await mkdir(dirname(join(directory, path)), { recursive: true });
  const missing = await withoutThoseHere(fetch, progress);
  await inParallel(missing, FILES_AT_ONCE, work.signal, (file, signal) =>
    fetchFile(fetch, file, progress, signal),
  );
}

/** Takes over what is here already, of an interrupted attempt or another version. @returns what has to be fetched */
async function withoutThoseHere(fetch: FilesFetch, progress: FileProgress): Promise<PublishedFile[]> {
  const { files, directory, stored, work } = fetch;
  const candidates: PublishedFile[] = [];
  for (const file of files) {
    const target = join(directory, file.path);
    const isHere = (await sizeOf(target)) === file.size;
    if (isHere || (await takeOver(sameContent(stored, file), target))) candidates.push(file);
  }
  const paths = candidates.map(({ path }) => join(directory, path));
  const hashes = paths.length === 0 ? [] : await runInThread('hash', { paths }, { signal: work.signal });
  const isRight = (file: PublishedFile): boolean => hashes[candidates.indexOf(file)] === file.sha256;
  for (const file of candidates) {
    if (isRight(file)) progress.add(file, file.size);
    else await rm(join(directory, file.path), { force: true });
  }
  return files.filter((file) => !isRight(file));
}

/** Two versions share a file that did not change. Nobody writes into either: files are only ever replaced. */
async function takeOver(sources: readonly string[], target: string): Promise<boolean> {
  for (const source of sources) {
    try {
      await rm(target, { force: true });
      await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE));
      return true;
    } catch {
      // It may have been evicted meanwhile.
    }
  }
  return false;
}

async function fetchFile(
  fetch: FilesFetch,
  file: PublishedFile,
  progress: FileProgress,
  signal: AbortSignal,
): Promise<void> {
  const { url, directory, partsDirectory, stored, delta, downloader, work } = fetch;
  const { path, size, sha256, chunks } = file;
  const source = { url: urlOf(path, url), name: url.host };
  const target = join(directory, path);
  const expected = { size, sha256 };
  const name = `${path} of ${publicUrl(url)}`;
  const onBytes = (bytes: number): void => progress.add(file, bytes);
  const old = chunks === undefined ? undefined : oldVersion(stored, url, file);
  if (chunks === undefined || old === undefined) {
    await downloader.fetch({ name, sources: [source], target, partsDirectory, expected, onBytes, signal });
    return;
  }
  const onRestart = (): void => progress.restart(file);
  const index = urlOf(chunks, url);
  const request = { name, source, index, old, target, partsDirectory, expected, onBytes, onRestart, signal };
  const { reason } = await delta.fetch(request);
  if (reason !== undefined) work.warn(`${name} was fetched whole: ${reason}`);
}

/** Relative to the manifest. Every character of the path stands for itself. */
function urlOf(path: string, manifest: URL): URL {
  return new URL(path.split('/').map(encodeURIComponent).join('/'), manifest);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
