import { lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Mutex } from 'async-mutex';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { type Clock, delay } from '../../platform/clock.ts';

export interface VerdictCacheOptions {
  /** The file that it is kept in. */
  readonly path: string;
  readonly clock: Clock;
  /** Files that are remembered; beyond that, the oldest verdicts are dropped. */
  readonly maxEntries?: number;
}

const fileSchema = z.object({
  version: z.literal(1),
  /** `<what tells the file>`: its sha256. The oldest first. */
  verdicts: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

type Verdicts = z.output<typeof fileSchema>['verdicts'];

interface Print {
  readonly text: string;
  /** The last change of the content or the inode, in milliseconds since 1970. */
  readonly changedAt: number;
  /** The file system counts whole seconds only. */
  readonly isCoarse: boolean;
}

const MAX_ENTRIES = 1024;
const MAX_BYTES = 2 ** 20;
const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;
/** At most 10 ms on Linux. */
const TICK_MS = 20;
const COARSE_TICK_MS = 2000;

/** Waits for a file to come to rest: somebody may be writing to it all the time. */
const MAX_LOOKS = 2;

/**
 * Remembers the SHA-256 of files, so that gigabytes are hashed once. A file is known by device, inode, size, and the times of
 * its last change in nanoseconds: who writes into it changes `mtime`, and who turns that back still changes `ctime`.
 *
 * Verdicts of several processes are merged when they are written; one that gets lost in a race costs hashing once more.
 */
export class VerdictCache {
  readonly #options: VerdictCacheOptions;
  readonly #turns = new Mutex();

  constructor(options: VerdictCacheOptions) {
    this.#options = options;
  }

  /** What is remembered of a file as it is now. */
  async find(path: string): Promise<string | undefined> {
    return (await this.#read())[(await printOf(path)).text];
  }

  /**
   * For who hashes a file in passing: called before reading it.
   * @returns what takes the digest, and drops it when the file has changed meanwhile. What can't be written is not remembered.
   * @throws errors of the file system.
   */
  async begin(path: string): Promise<(sha256: string) => Promise<void>> {
    const before = await this.#settled(path);
    return async (sha256) => {
      const after = await printOf(path).catch(() => undefined);
      if (before === undefined || after?.text !== before.text) return;
      await this.#turns.runExclusive(() => this.#write(before.text, sha256)).catch(() => {});
    };
  }

  /**
   * Waits until another change would be seen: within one tick of the kernel's clock, two changes leave the same times. Nothing
   * when the file does not come to rest, or its times lie in the future.
   */
  async #settled(path: string): Promise<Print | undefined> {
    const { clock } = this.#options;
    let print = await printOf(path);
    for (let look = 0; look <= MAX_LOOKS; look += 1) {
      const waitMs = settledAt(print) - clock.date().getTime();
      if (waitMs <= 0) return print;
      if (waitMs > COARSE_TICK_MS) return undefined;
      // A timer may fire a moment before the wall clock gets there.
      await delay(clock, waitMs + 1);
      print = await printOf(path);
    }
    return undefined;
  }

  async #write(print: string, digest: string): Promise<void> {
    const { path, maxEntries = MAX_ENTRIES } = this.#options;
    const { [print]: _, ...others } = await this.#read();
    const verdicts = Object.fromEntries([...Object.entries(others), [print, digest]].slice(-maxEntries));
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, JSON.stringify({ version: 1, verdicts }), { fsync: false });
  }

  /** A file that is damaged says nothing. */
  async #read(): Promise<Verdicts> {
    const { path } = this.#options;
    try {
      if ((await lstat(path)).size > MAX_BYTES) return {};
      return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).verdicts;
    } catch {
      return {};
    }
  }
}

async function printOf(path: string): Promise<Print> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return {
    text: [dev, ino, size, mtimeNs, ctimeNs].join('-'),
    // Every change moves it, and nobody can set it.
    changedAt: Number(ctimeNs / NS_PER_MS),
    isCoarse: ctimeNs % NS_PER_SECOND === 0n,
  };
}

function settledAt({ changedAt, isCoarse }: Print): number {
  return changedAt + (isCoarse ? COARSE_TICK_MS : TICK_MS);
}
