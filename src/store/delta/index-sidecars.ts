import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { type ChunkIndex, decodeIndex, encodeIndex } from './chunk-index.ts';
import { runInThread } from './run-in-thread.ts';

const MAX_SIDECARS = 256;

/**
 * Indexes of local files. Cutting a file takes seconds for each gigabyte, so the index is kept, under a name that says
 * which content at which place it is of: inode, size and time of change.
 */
export class IndexSidecars {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The index of a file, as it was kept or made now. @throws errors of the file system; the reason of the signal. */
  async of(path: string, signal: AbortSignal): Promise<ChunkIndex> {
    const sidecar = await this.#pathFor(path);
    const kept = await readFile(sidecar)
      .then(decodeIndex)
      .catch(() => undefined);
    if (kept !== undefined) return kept;
    const bytes = await runInThread('index', { path }, { signal });
    await this.#write(sidecar, bytes);
    return decodeIndex(bytes);
  }

  /** Keeps the index of a file. */
  async keep(path: string, index: ChunkIndex): Promise<void> {
    await this.#write(await this.#pathFor(path), encodeIndex(index));
  }

  /** Forgets the index of a file: it did not say the truth about it. */
  async forget(path: string): Promise<void> {
    await rm(await this.#pathFor(path), { force: true });
  }

  async #pathFor(path: string): Promise<string> {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    const name = createHash('sha256').update(`${dev}-${ino}-${size}-${mtimeNs}`).digest('hex');
    return join(this.#directory, `${name}.chunks`);
  }

  /** A sidecar that can't be written is made again the next time. */
  async #write(sidecar: string, bytes: Uint8Array): Promise<void> {
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFileAtomic(sidecar, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      await this.#keepFew();
    } catch {}
  }

  /** Files come and go; what is known of those that went is of no use. */
  async #keepFew(): Promise<void> {
    const names = await readdir(this.#directory);
    if (names.length <= MAX_SIDECARS) return;
    const dated = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#directory, name);
        return { path, ms: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
      }),
    );
    const old = dated.toSorted((a, b) => b.ms - a.ms).slice(MAX_SIDECARS / 2);
    for (const { path } of old) await rm(path, { force: true });
  }
}
