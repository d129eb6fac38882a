import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { ServiceError } from '../../errors.ts';
import { decodeIndex, INDEX_SUFFIX } from '../delta/chunk-index.ts';
import { runInThread } from '../delta/run-in-thread.ts';
import type { SourceFile } from '../staging.ts';
import {
  formatManifest,
  InvalidManifest,
  MANIFEST_NAME,
  MAX_MANIFEST_BYTES,
  type PublishedFile,
  parseManifest,
} from './manifest.ts';

/** Of a smaller file, a request for its index costs as much as the file. */
const LEAST_INDEXED_BYTES = 2 ** 20;

export interface PublishRequest {
  readonly files: readonly SourceFile[];
  /** Where they lie. */
  readonly directory: string;
  /** Where they are copied to; `directory` to publish them where they are. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Published {
  /** Of the manifest, in hex. */
  readonly sha256: string;
  readonly manifest: string;
  readonly files: readonly PublishedFile[];
}

/**
 * Writes the manifest of a model, and chunk indexes of its large files. The same files give the same bytes.
 * @throws ServiceError invalid_request, invalid_model or source_failed; errors of the file system; the reason of the
 * signal.
 */
export async function publish(request: PublishRequest): Promise<Published> {
  const { files, out, signal, onProgress } = request;
  await requireOwnPlace(request);
  const total = await totalBytes(files);
  let done = 0;
  const published: PublishedFile[] = [];
  for (const file of files) {
    const path = await placeOf(file, request);
    const index = await indexOf(path, signal, (bytes) => {
      done += bytes;
      onProgress(done, total);
    });
    const { size, sha256 } = decodeIndex(index);
    const isIndexed = size >= LEAST_INDEXED_BYTES;
    if (isIndexed) await writeFileAtomic(`${path}${INDEX_SUFFIX}`, Buffer.from(index));
    const chunks = isIndexed ? { chunks: `${file.name}${INDEX_SUFFIX}` } : {};
    published.push({ path: file.name, size, sha256, ...chunks });
  }
  const text = formatManifest(published);
  requireReadable(text);
  // Last: whoever reads it finds all that it names.
  const manifest = join(out, MANIFEST_NAME);
  await writeFileAtomic(manifest, text);
  return { sha256: createHash('sha256').update(text).digest('hex'), manifest, files: published };
}

/** A manifest.json of somebody else is not overwritten, and nothing is mixed into a directory of other things. */
async function requireOwnPlace({ directory, out }: PublishRequest): Promise<void> {
  const made = await mkdir(out, { recursive: true });
  const [from, to] = [await realpath(directory), await realpath(out)];
  if (to.startsWith(`${from}${sep}`) || from.startsWith(`${to}${sep}`)) {
    if (made !== undefined) await rm(made, { recursive: true });
    throw new ServiceError('invalid_request', `${out} and ${directory} lie in each other`);
  }
  const existing = await readFile(join(out, MANIFEST_NAME)).catch(() => undefined);
  if (existing !== undefined) requireOwn(existing, out);
  else if (from !== to && (await readdir(out)).length > 0) {
    throw new ServiceError('invalid_request', `${out} is not empty, and nothing was published there before`, {
      detail: 'Name a new directory: one for each version of a model is best.',
    });
  }
}

function requireOwn(manifest: Buffer, out: string): void {
  try {
    parseManifest(manifest, Number.MAX_SAFE_INTEGER);
  } catch (error) {
    throw new ServiceError('invalid_request', `${out} has a ${MANIFEST_NAME} that rerankd did not write`, {
      detail: 'Publish to another directory with --out.',
      cause: error,
    });
  }
}

async function totalBytes(files: readonly SourceFile[]): Promise<number> {
  let total = 0;
  for (const { path } of files) total += (await stat(path)).size;
  return total;
}

/** @returns where the file lies that will be served, after it was copied there if need be. */
async function placeOf({ name, path }: SourceFile, { directory, out }: PublishRequest): Promise<string> {
  const place = join(out, name);
  if ((await realpath(directory)) === (await realpath(out))) return place;
  await mkdir(dirname(place), { recursive: true });
  const incoming = `${place}.${randomUUID()}.incoming`;
  try {
    await copyFile(path, incoming, constants.COPYFILE_FICLONE);
    await rename(incoming, place);
  } finally {
    await rm(incoming, { force: true });
  }
  return place;
}

async function indexOf(
  path: string,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Uint8Array> {
  const before = await stat(path);
  const index = await runInThread('index', { path }, { signal, onProgress });
  const after = await stat(path);
  if (before.mtimeMs !== after.mtimeMs || before.size !== after.size) {
    throw new ServiceError('source_failed', `${path} has changed while it was read`, {
      detail: 'Publish again when nobody writes there.',
    });
  }
  return index;
}

/** What nobody could fetch is not published. */
function requireReadable(text: string): void {
  try {
    if (text.length > MAX_MANIFEST_BYTES) throw new InvalidManifest('it is too large');
    parseManifest(Buffer.from(text), Number.MAX_SAFE_INTEGER);
  } catch (error) {
    if (!(error instanceof InvalidManifest)) throw error;
    throw new ServiceError('invalid_model', `the model can't be published: ${error.message}`, {
      cause: error,
    });
  }
}
