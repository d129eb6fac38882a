import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ServiceError } from '../errors.ts';
import { syncDirectory } from '../platform/sync-directory.ts';

/** One file of a model, and where it lies now. */
export interface SourceFile {
  /** Path inside the model directory, with forward slashes. */
  readonly name: string;
  readonly path: string;
}

/** A model that this server owns a copy of. */
export interface StagedModel {
  /** SHA-256, in hex, over the sorted `<sha256 of the file>  <name>` lines of all of its files. */
  readonly digest: string;
  readonly directory: string;
}

interface HeldFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

interface Manifest {
  readonly digest: string;
  readonly files: readonly HeldFile[];
}

const MANIFEST = '.manifest.json';
const INCOMPLETE = '.incoming-';

/**
 * Content-addressed, private copies of the models that are served.
 *
 * ONNX Runtime maps weights into memory, and a file that somebody overwrites in place changes live scores without an error.
 * Serving from a copy of our own also means that a restarted engine loads the same bytes, and that a rollback finds the
 * previous model even when its directory was replaced. On file systems that can (btrfs, xfs), a copy shares its blocks.
 */
export class StagingArea {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Copies a model in and names it by its content. A copy that is already there is kept.
   * @throws ServiceError insufficient_storage when the disk is full, source_failed when a file can't be read.
   */
  async stage(files: readonly SourceFile[], signal: AbortSignal): Promise<StagedModel> {
    const incoming = join(this.#root, `${INCOMPLETE}${randomUUID()}`);
    try {
      const held: HeldFile[] = [];
      for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        signal.throwIfAborted();
        held.push({ name: file.name, ...(await copyAndHash(file.path, join(incoming, file.name), signal)) });
      }
      const lines = held.map(({ sha256, name }) => `${sha256}  ${name}\n`);
      const digest = createHash('sha256').update(lines.join('')).digest('hex');
      await writeFile(join(incoming, MANIFEST), JSON.stringify({ digest, files: held } satisfies Manifest));
      return { digest, directory: await this.#adopt(incoming, digest) };
    } catch (error) {
      throw explain(error);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  }

  /** The copy of that content, if it is here and whole: every file with its size. */
  async find(digest: string): Promise<StagedModel | undefined> {
    const directory = join(this.#root, digest);
    try {
      // Nobody else writes here: a manifest has the form that this class gave it, or does not parse.
      const manifest = JSON.parse(await readFile(join(directory, MANIFEST), 'utf8')) as Manifest;
      for (const { name, bytes } of manifest.files) {
        if ((await stat(join(directory, name))).size !== bytes) return undefined;
      }
      return manifest.digest === digest ? { digest, directory } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Deletes every copy but these, and whatever an interrupted run left behind. */
  async keepOnly(digests: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    for (const entry of await readdir(this.#root)) {
      if (!digests.has(entry)) await rm(join(this.#root, entry), { recursive: true, force: true });
    }
  }

  async #adopt(incoming: string, digest: string): Promise<string> {
    const directory = join(this.#root, digest);
    if ((await this.find(digest)) !== undefined) return directory;
    await rm(directory, { recursive: true, force: true });
    await rename(incoming, directory);
    await syncDirectory(this.#root);
    return directory;
  }
}

/** Hashes the copy, not the source: the digest must describe what will be served. */
async function copyAndHash(
  source: string,
  target: string,
  signal: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(target, { highWaterMark: 2 ** 20, signal })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  const handle = await open(target, 'r');
  await handle.sync();
  await handle.close();
  return { sha256: hash.digest('hex'), bytes };
}

function explain(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ServiceError(
      'insufficient_storage',
      'the disk of RERANK_STATE_DIR is full: the model was not copied',
      {
        detail: 'Free some space there, or point RERANK_STATE_DIR to a larger volume.',
        cause: error,
      },
    );
  }
  if (typeof code === 'string' && code !== 'ABORT_ERR') {
    return new ServiceError('source_failed', `the model can't be copied: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return error;
}
