import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { beginRemoval, finishOldRemovals } from '../removal.ts';
import { lastChange } from '../tree-size.ts';
import { MANIFEST_NAME, type Manifest, type PublishedFile, parseManifest } from './manifest.ts';

/** A published directory that is here, whole. */
export interface StoredManifest {
  readonly sha256: string;
  /** Where it came from, without the hash. */
  readonly url: URL;
  /** Where its files lie. */
  readonly directory: string;
  readonly files: readonly PublishedFile[];
  readonly completedAt: Date;
}

const originSchema = z.object({ url: z.url(), completedAt: z.iso.datetime() });

const ORIGIN = 'origin.json';
const FILES = 'model';

/**
 * What was fetched by manifest, each in a directory named by the hash of its manifest:
 *
 *     manifests/<sha256>/manifest.json   as it was served
 *     manifests/<sha256>/model/…         its files
 *     manifests/<sha256>/origin.json     written last: without it, something is missing
 */
export class StoredManifests {
  readonly #root: string;

  /** @param root holds one directory for each manifest */
  constructor(root: string) {
    this.#root = root;
  }

  /** Where the files of a manifest belong. */
  directoryOf(sha256: string): string {
    return join(this.#root, sha256, FILES);
  }

  /** The directory of that manifest, if every file is there with its size. */
  async find(sha256: string): Promise<StoredManifest | undefined> {
    try {
      const origin = originSchema.parse(JSON.parse(await readFile(join(this.#root, sha256, ORIGIN), 'utf8')));
      const manifest = await this.manifest(sha256);
      if (manifest === undefined) return undefined;
      const directory = this.directoryOf(sha256);
      for (const { path, size } of manifest.files) {
        if ((await stat(join(directory, path))).size !== size) return undefined;
      }
      const url = new URL(origin.url);
      return { sha256, url, directory, files: manifest.files, completedAt: new Date(origin.completedAt) };
    } catch {
      return undefined;
    }
  }

  /** The manifest itself, if it was fetched, whether or not its files were. */
  async manifest(sha256: string): Promise<Manifest | undefined> {
    try {
      const bytes = await readFile(join(this.#root, sha256, MANIFEST_NAME));
      if (createHash('sha256').update(bytes).digest('hex') !== sha256) return undefined;
      return parseManifest(bytes, Number.MAX_SAFE_INTEGER);
    } catch {
      return undefined;
    }
  }

  /** @param bytes of the manifest, whose hash was checked */
  async keepManifest(sha256: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.directoryOf(sha256), { recursive: true });
    await writeFileAtomic(join(this.#root, sha256, MANIFEST_NAME), Buffer.from(bytes));
  }

  /** Every file is there, and was checked. */
  async complete(sha256: string, url: URL, completedAt: Date): Promise<void> {
    const origin = { url: url.href, completedAt: completedAt.toISOString() };
    await writeFileAtomic(join(this.#root, sha256, ORIGIN), JSON.stringify(origin));
  }

  /**
   * Deletes what was begun and nobody came back for.
   * @param olderThanMs since anything of it was written
   */
  async removeAbandoned(olderThanMs: number, clock: Clock): Promise<void> {
    const oldest = clock.date().getTime() - olderThanMs;
    await finishOldRemovals(this.#root, clock.date().getTime());
    for (const name of await this.#names()) {
      const path = join(this.#root, name);
      if ((await this.find(name)) !== undefined || (await lastChange(path)) > oldest) continue;
      await (await beginRemoval([path])).finish();
    }
  }

  /** Everything that is whole, the newest first. */
  async list(): Promise<StoredManifest[]> {
    const found = await Promise.all((await this.#names()).map((name) => this.find(name)));
    return found
      .filter((stored) => stored !== undefined)
      .toSorted((a, b) => b.completedAt.getTime() - a.completedAt.getTime());
  }

  async #names(): Promise<string[]> {
    return (await readdir(this.#root).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
  }
}
