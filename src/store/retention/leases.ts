import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { itemName } from './item-name.ts';

export interface LeasesOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface StoreLease {
  /** A second call does nothing. */
  release(): Promise<void>;
}

export interface HeldItems {
  has(key: string): boolean;
}

interface Held {
  readonly path: string;
  count: number;
}

const BEAT_MS = 20_000;
/** Several beats may be late. */
const STALE_MS = 180_000;

/**
 * Says to other processes what this one is using now, so that none of them evicts it.
 *
 * A lease is an empty file that its holder touches every 20 s; three minutes after the last time it is void. Process ids would
 * not do: processes in several containers may share a state directory, and each of them is number 1.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #held = new Map<string, Held>();
  #cancelBeat: (() => void) | undefined;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  /** Never throws: where nothing can be written, nothing can be evicted either. */
  async take(key: string): Promise<StoreLease> {
    const { directory } = this.#options;
    const name = itemName(key);
    const held = this.#held.get(name) ?? { path: join(directory, `${name}.${randomUUID()}`), count: 0 };
    held.count += 1;
    this.#held.set(name, held);
    if (held.count === 1) await this.#write(held.path, key);
    this.#cancelBeat ??= this.#beatLater();
    let isReleased = false;
    return {
      release: async () => {
        if (isReleased) return;
        isReleased = true;
        held.count -= 1;
        if (held.count > 0 || this.#held.get(name) !== held) return;
        this.#held.delete(name);
        await rm(held.path, { force: true }).catch(() => {});
      },
    };
  }

  /** What this and other processes hold now. */
  async held(): Promise<HeldItems> {
    const { directory, clock } = this.#options;
    const names = new Set(this.#held.keys());
    const voidBefore = clock.date().getTime() - STALE_MS;
    for (const file of await readdir(directory).catch(() => [])) {
      const path = join(directory, file);
      const touchedAt = (await stat(path).catch(() => undefined))?.mtimeMs;
      if (touchedAt === undefined) continue;
      if (touchedAt >= voidBefore) names.add(file.split('.', 1)[0] ?? '');
      else await rm(path, { force: true }).catch(() => {});
    }
    return { has: (key) => names.has(itemName(key)) };
  }

  /** Gives up every lease. */
  async close(): Promise<void> {
    this.#cancelBeat?.();
    const paths = [...this.#held.values()].map(({ path }) => path);
    this.#held.clear();
    for (const path of paths) await rm(path, { force: true }).catch(() => {});
  }

  async #write(path: string, key: string): Promise<void> {
    const { directory, clock, logger } = this.#options;
    try {
      await mkdir(directory, { recursive: true });
      await writeFile(path, '');
      const now = clock.date();
      await utimes(path, now, now);
    } catch (error) {
      logger.warn(
        `${path} can't be written, so that others don't know that ${key} is used: ${messageOf(error)}`,
      );
    }
  }

  #beatLater(): () => void {
    return this.#options.clock.after(BEAT_MS, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    this.#cancelBeat = this.#held.size === 0 ? undefined : this.#beatLater();
    const now = this.#options.clock.date();
    for (const { path } of this.#held.values()) await utimes(path, now, now).catch(() => restore(path));
  }
}

/** A process that was stopped for minutes finds its leases taken away. */
async function restore(path: string): Promise<void> {
  await writeFile(path, '').catch(() => {});
}
