import { lstat, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Mutex } from 'async-mutex';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { explainStorageError } from '../storage-error.ts';
import { itemName } from './item-name.ts';

const entrySchema = z.object({
  key: z.string(),
  /** The last name under which it was asked for. */
  reference: z.string().optional(),
  /** Every name under which it was asked for, the latest first, and when that was. */
  names: z.array(z.object({ reference: z.string(), lastUsed: z.iso.datetime() })).default([]),
  lastUsed: z.iso.datetime(),
  uses: z.int().nonnegative(),
  /** This server brought it; what was there before belongs to somebody else. */
  ours: z.boolean().default(false),
});

/** What is known of an item. */
type LedgerEntry = z.output<typeof entrySchema>;

/** A name that led to an item. */
export type LedgerName = LedgerEntry['names'][number];

/** The ledger at one moment. */
export interface LedgerView {
  entryOf(key: string): LedgerEntry | undefined;
  isPinned(key: string): boolean;
}

export interface Use {
  readonly reference?: string;
  /** True when this server has brought it just now. */
  readonly ours?: boolean;
}

export interface LedgerOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Items that are remembered; beyond that, those are forgotten that were used the longest ago. */
  readonly maxEntries?: number;
}

const MAX_ENTRIES = 4096;
/** Of one item. */
const MAX_NAMES = 16;
/** Far beyond what an entry has. */
const MAX_FILE_BYTES = 2 ** 18;

/**
 * When and how often the things in the store were used, and which of them are pinned. The access times of the file system are
 * not asked: most are mounted without them.
 *
 * There is one small file for each item's uses, and another for its pin. Several processes may write at once without any lock:
 * every change is one rename or one removal, what one of them damages concerns one item, a use that is lost in a race
 * changes nothing that matters, and no use can ever lose a pin.
 */
export class Ledger {
  readonly #uses: string;
  readonly #pins: string;
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #turns = new Mutex();

  constructor({ directory, clock, maxEntries = MAX_ENTRIES }: LedgerOptions) {
    this.#uses = join(directory, 'uses');
    this.#pins = join(directory, 'pins');
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  /**
   * Notes that an item is used now.
   * @throws ServiceError insufficient_storage where nothing can be written.
   */
  async used(key: string, { reference, ours }: Use = {}): Promise<void> {
    await this.#turns.runExclusive(async () => {
      const path = join(this.#uses, `${itemName(key)}.json`);
      const before = await readEntry(path);
      const lastUsed = this.#clock.date().toISOString();
      const entry: LedgerEntry = {
        ...before,
        key,
        ...(reference !== undefined && { reference }),
        names: namesWith(reference, lastUsed, before?.names ?? []),
        lastUsed,
        uses: (before?.uses ?? 0) + 1,
        ours: ours ?? before?.ours ?? false,
      };
      await write(path, entry, false);
      if (before === undefined) await this.#forgetOldest();
    });
  }

  /** @throws ServiceError insufficient_storage where nothing can be written. */
  async pin(key: string): Promise<void> {
    const pin = { key, since: this.#clock.date().toISOString() };
    await write(join(this.#pins, `${itemName(key)}.json`), pin, true);
  }

  /** @throws ServiceError insufficient_storage where nothing can be written. */
  async unpin(key: string): Promise<void> {
    await rm(join(this.#pins, `${itemName(key)}.json`), { force: true }).catch((error) => {
      throw explainStorageError(error, 'the pin was not taken away');
    });
  }

  /** Forgets the uses of what is gone. Its pin stays: it holds for what may come again. */
  async forget(key: string): Promise<void> {
    await rm(join(this.#uses, `${itemName(key)}.json`), { force: true });
  }

  /** Never throws: what can't be read was never used. */
  async read(): Promise<LedgerView> {
    const entries = new Map<string, LedgerEntry>();
    for (const name of await namesIn(this.#uses)) {
      const entry = await readEntry(join(this.#uses, `${name}.json`));
      if (entry !== undefined) entries.set(entry.key, entry);
    }
    // The name says it all, so that a damaged pin still holds.
    const pins = new Set(await namesIn(this.#pins));
    return { entryOf: (key) => entries.get(key), isPinned: (key) => pins.has(itemName(key)) };
  }

  async #forgetOldest(): Promise<void> {
    const names = await namesIn(this.#uses);
    if (names.length <= this.#maxEntries) return;
    const aged: { path: string; at: number }[] = [];
    for (const name of names) {
      const path = join(this.#uses, `${name}.json`);
      const entry = await readEntry(path);
      const at = entry === undefined ? await modifiedAt(path) : Date.parse(entry.lastUsed);
      aged.push({ path, at });
    }
    const oldest = aged.toSorted((a, b) => a.at - b.at).slice(0, names.length - this.#maxEntries);
    for (const { path } of oldest) await rm(path, { force: true });
  }
}

function namesWith(
  reference: string | undefined,
  lastUsed: string,
  before: readonly LedgerName[],
): LedgerName[] {
  if (reference === undefined) return [...before];
  const others = before.filter((name) => name.reference !== reference);
  return [{ reference, lastUsed }, ...others].slice(0, MAX_NAMES);
}

async function write(path: string, content: object, fsync: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, JSON.stringify(content), { fsync });
  } catch (error) {
    throw explainStorageError(error, `${path} was not written`);
  }
}

/** Without what a write that was cut off left behind. */
async function namesIn(directory: string): Promise<string[]> {
  const files = await readdir(directory).catch(() => []);
  return files.filter((file) => /^[0-9a-f]{64}\.json$/.test(file)).map((file) => file.slice(0, 64));
}

async function readEntry(path: string): Promise<LedgerEntry | undefined> {
  try {
    if ((await lstat(path)).size > MAX_FILE_BYTES) return undefined;
    const entry = entrySchema.parse(JSON.parse(await readFile(path, 'utf8')));
    if (!path.endsWith(`${itemName(entry.key)}.json`)) return undefined;
    const { reference, lastUsed, names } = entry;
    // Older versions kept only the last name.
    return names.length === 0 ? { ...entry, names: namesWith(reference, lastUsed, []) } : entry;
  } catch {
    return undefined;
  }
}

async function modifiedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
