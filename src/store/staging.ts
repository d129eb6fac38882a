import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '../platform/sync-directory.ts';
import type { DiskSpace } from './download/blob.ts';
import { hashFile } from './hash-file.ts';
import { adopt, isAbandoned, isIncoming, withIncoming } from './incoming.ts';
import { type OnStuck, removeEach } from './remove-each.ts';
import type { Leases, StoreLease } from './retention/leases.ts';
import type { VerdictCache } from './retention/verdict-cache.ts';
import { explainStorageError } from './storage-error.ts';

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

export interface StagingAids {
  /** Keep other processes from deleting what this one uses, and this one from deleting what they use. */
  readonly leases?: Pick<Leases, 'take' | 'held'> | undefined;
  /** Tell by the files alone that the copy is here already. */
  readonly verdicts?: Pick<VerdictCache, 'find' | 'begin'> | undefined;
  /** Asked for room before a copy is made. */
  readonly space?: DiskSpace | undefined;
}

interface HeldFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

interface Copying {
  readonly signal: AbortSignal;
  /** Of all files together, copied and hashed. */
  readonly onBytes: (bytes: number) => void;
  /** Of each file. */
  readonly onCopied: (bytes: number) => void;
}

interface Manifest {
  readonly digest: string;
  readonly files: readonly HeldFile[];
}

const MANIFEST = '.manifest.json';

/** Marks a copy that was made ahead of time and has not served yet. */
export const AHEAD = '.ahead';

/** Copies made ahead of time that are kept, the newest first. */
const MAX_AHEAD = 8;

/**
 * Content-addressed, private copies of the models that are served.
 *
 * ONNX Runtime maps weights into memory, and a file that somebody overwrites in place changes live scores without an error.
 * Serving from a copy of our own also means that a restarted engine loads the same bytes, and that a rollback finds the
 * previous model even when its directory was replaced. On file systems that can (btrfs, xfs), a copy shares its blocks.
 */
export class StagingArea {
  readonly #root: string;
  readonly #leases: StagingAids['leases'];
  readonly #verdicts: StagingAids['verdicts'];
  readonly #space: StagingAids['space'];
  /** Of the copies that were asked for and are still needed. */
  readonly #held = new Map<string, Promise<StoreLease>>();

  constructor(root: string, { leases, verdicts, space }: StagingAids = {}) {
    this.#root = root;
    this.#leases = leases;
    this.#verdicts = verdicts;
    this.#space = space;
  }

  /**
   * Copies a model in and names it by its content. A copy that is already there is kept.
   * @param onBytes is told how many bytes are copied and hashed so far.
   * @throws ServiceError insufficient_storage when the disk is full, source_failed when a file can't be read.
   */
  async stage(
    files: readonly SourceFile[],
    signal: AbortSignal,
    onBytes: (bytes: number) => void = () => {},
  ): Promise<StagedModel> {
    const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const known = await this.#findUnchanged(sorted);
    if (known !== undefined) return known;
    try {
      const room = await this.#space?.reserve(this.#root, await sizeOf(sorted));
      const onCopied = (bytes: number): void => room?.use?.(bytes);
      return await this.#copyIn(sorted, { signal, onBytes, onCopied }).finally(() => room?.release());
    } catch (error) {
      throw explainStorageError(error, 'the model was not copied');
    }
  }

  /** @param files in the order of their names */
  async #copyIn(files: readonly SourceFile[], { signal, onBytes, onCopied }: Copying): Promise<StagedModel> {
    return await withIncoming(this.#root, async (incoming) => {
      const held: HeldFile[] = [];
      let before = 0;
      for (const file of files) {
        signal.throwIfAborted();
        const target = join(incoming, file.name);
        const remember = await this.#verdicts?.begin(file.path);
        const copy = await copyAndHash(file.path, target, signal, (bytes) => onBytes(before + bytes));
        await remember?.(copy.sha256);
        onCopied(copy.bytes);
        before += copy.bytes;
        held.push({ name: file.name, ...copy });
      }
      const digest = digestOf(held);
      await writeFile(join(incoming, MANIFEST), JSON.stringify({ digest, files: held } satisfies Manifest));
      await this.#hold(digest);
      return { digest, directory: await this.#adopt(incoming, digest) };
    });
  }

  /** The copy of that content, if it is here and whole: every file with its size. */
  async find(digest: string): Promise<StagedModel | undefined> {
    // Before looking: whoever evicts looks for leases after taking the files away.
    await this.#hold(digest);
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

  /** Has `keepOnly` spare a copy that nothing refers to yet, until it has served once. */
  async keepAhead({ directory }: StagedModel): Promise<void> {
    await writeFile(join(directory, AHEAD), '');
  }

  /**
   * Deletes every copy but these, those made ahead of time and those that other processes use, and whatever an interrupted run
   * left behind.
   * @returns the digests that are kept.
   */
  async keepOnly(digests: ReadonlySet<string>, onStuck: OnStuck): Promise<ReadonlySet<string>> {
    await mkdir(this.#root, { recursive: true });
    const entries = await readdir(this.#root);
    await this.holdOnly(digests);
    const held = await this.#leases?.held();
    const leased = entries.filter((entry) => held?.has(entry));
    const kept = new Set([...digests, ...(await this.#ahead(entries)), ...leased]);
    const unwanted = entries.filter((entry) => (isIncoming(entry) ? isAbandoned(entry) : !kept.has(entry)));
    await removeEach(this.#root, unwanted, onStuck);
    return kept;
  }

  /** The copy of files that nobody has touched since it was made. */
  async #findUnchanged(files: readonly SourceFile[]): Promise<StagedModel | undefined> {
    if (this.#verdicts === undefined) return undefined;
    const known: Pick<HeldFile, 'name' | 'sha256'>[] = [];
    for (const { name, path } of files) {
      const sha256 = await this.#verdicts.find(path).catch(() => undefined);
      if (sha256 === undefined) return undefined;
      known.push({ name, sha256 });
    }
    return await this.find(digestOf(known));
  }

  /** Lets others delete every copy but these, which have served now. */
  async holdOnly(digests: ReadonlySet<string>): Promise<void> {
    for (const digest of digests) await rm(join(this.#root, digest, AHEAD), { force: true });
    for (const [digest, lease] of this.#held) {
      if (digests.has(digest)) continue;
      this.#held.delete(digest);
      await (await lease).release();
    }
  }

  async #hold(digest: string): Promise<void> {
    if (this.#leases === undefined) return;
    const lease = this.#held.get(digest) ?? this.#leases.take(digest);
    this.#held.set(digest, lease);
    await lease;
  }

  async #ahead(entries: readonly string[]): Promise<string[]> {
    const marked: { entry: string; since: number }[] = [];
    for (const entry of entries) {
      const marker = await stat(join(this.#root, entry, AHEAD)).catch(() => undefined);
      if (marker !== undefined) marked.push({ entry, since: marker.mtimeMs });
    }
    return marked
      .toSorted((a, b) => b.since - a.since)
      .slice(0, MAX_AHEAD)
      .map(({ entry }) => entry);
  }

  async #adopt(incoming: string, digest: string): Promise<string> {
    const directory = join(this.#root, digest);
    await adopt(incoming, directory, async () => (await this.find(digest)) !== undefined);
    await syncDirectory(this.#root);
    return directory;
  }
}

async function sizeOf(files: readonly SourceFile[]): Promise<number> {
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @param files in the order of their names */
function digestOf(files: readonly Pick<HeldFile, 'name' | 'sha256'>[]): string {
  const lines = files.map(({ sha256, name }) => `${sha256}  ${name}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Hashes the copy, not the source: the digest must describe what will be served. */
async function copyAndHash(
  source: string,
  target: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<{ sha256: string; bytes: number }> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  let bytes = 0;
  const onProgress = (more: number): void => {
    bytes += more;
    onBytes(bytes);
  };
  const sha256 = await hashFile(target, { signal, onProgress });
  const handle = await open(target, 'r');
  await handle.sync();
  await handle.close();
  return { sha256, bytes };
}
