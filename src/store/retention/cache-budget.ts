import { Mutex } from 'async-mutex';
import type { Counter } from 'prom-client';
import { messageOf, ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { formatBytes } from '../../platform/memory/format-bytes.ts';
import type { Reservation } from '../download/blob.ts';
import { type Disks, systemDisks, usualFloorBytes } from './disk.ts';
import type { EvictionPolicy } from './evict.ts';
import { evictItem } from './evict-item.ts';
import type { Ledger } from './ledger.ts';
import { type DiskNeed, type DisksPlan, type ItemOnDisk, planOverDisks } from './plan-over-disks.ts';
import { Reservations } from './reservations.ts';
import type { InventoryItem, StoreInventory } from './store-inventory.ts';

export interface CacheBudgetOptions {
  readonly inventory: StoreInventory;
  readonly ledger: Ledger;
  /** RERANK_CACHE_MAX_BYTES: of everything in the store; undefined means as much as there is. */
  readonly maxBytes: number | undefined;
  /** RERANK_CACHE_FREE_BYTES: to be left free on every disk that the store is on; undefined means what is usual for its size. */
  readonly freeFloorBytes: number | undefined;
  /** RERANK_CACHE_POLICY */
  readonly policy: EvictionPolicy;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** rerankd_store_evictions_total{kind} */
  readonly evictions?: Pick<Counter<'kind'>, 'inc'>;
  readonly disks?: Disks;
}

/** What was deleted, or would be. */
export interface Eviction {
  readonly items: readonly InventoryItem[];
  /** Beyond the budget or below the floor even so. */
  readonly shortfallBytes: number;
}

interface Wanted {
  readonly bytes: number;
  readonly directory: string;
}

interface Plan extends DisksPlan {
  readonly items: readonly (InventoryItem & ItemOnDisk)[];
}

/** Rounds of planning and deleting: each deletes something or learns that it can't. */
const MAX_ROUNDS = 1000;

/** Keeps the store within its budget. Nothing that is pinned, leased, serving or in the history ever goes. */
export class CacheBudget {
  readonly #options: CacheBudgetOptions;
  readonly #disks: Disks;
  readonly #reservations = new Reservations();
  readonly #turns = new Mutex();

  constructor(options: CacheBudgetOptions) {
    this.#options = options;
    this.#disks = options.disks ?? systemDisks;
  }

  /**
   * Deletes what it must so that so many bytes can be written, or nothing at all when that would not be enough. The room is kept until
   * it is released: of two downloads at the same time, neither counts on what the other will write.
   * @param directory where they will be written.
   * @throws ServiceError insufficient_storage.
   */
  async reserve(directory: string, bytes: number): Promise<Required<Reservation>> {
    return await this.#turns.runExclusive(async () => {
      await this.#makeRoom({ bytes, directory });
      return this.#reservations.add(await this.#disks.idOf(directory), bytes);
    });
  }

  /**
   * Deletes what is over the budget. What can't be deleted is told in the log.
   * @param isQuiet says nothing about a store that stays beyond its limits.
   */
  async trim({ isQuiet = false } = {}): Promise<Eviction> {
    const eviction = await this.#turns.runExclusive(() => this.#evict(undefined));
    if (eviction.shortfallBytes > 0 && !isQuiet) {
      this.#options.logger.warn(
        `the store is ${formatBytes(eviction.shortfallBytes)} beyond its limits: all that is left is pinned, in use, in the history or not ours`,
      );
    }
    return eviction;
  }

  /** What `trim` would delete. */
  async preview(): Promise<Eviction> {
    const { items, evict, ...shortfall } = await this.#plan(undefined, new Set());
    return { items: pick(items, evict), shortfallBytes: shortfallOf(shortfall) };
  }

  async #makeRoom(wanted: Wanted): Promise<void> {
    const { overBudgetBytes, short } = await this.#plan(wanted, new Set());
    if (overBudgetBytes > 0) throw this.#overBudget(wanted, overBudgetBytes);
    if (short !== undefined) throw this.#diskFull(wanted, short.bytes);
    const { shortfallBytes } = await this.#evict(wanted);
    if (shortfallBytes > 0) throw this.#diskFull(wanted, shortfallBytes);
  }

  /** Plans again after every round: what two copies share is free only when both are gone, and some may not let themselves be deleted. */
  async #evict(wanted: Wanted | undefined): Promise<Eviction> {
    const gone: InventoryItem[] = [];
    const stuck = new Set<string>();
    for (let round = 0; ; round++) {
      const { items, evict, ...shortfall } = await this.#plan(wanted, stuck);
      if (evict.length === 0 || round === MAX_ROUNDS)
        return { items: gone, shortfallBytes: shortfallOf(shortfall) };
      for (const item of pick(items, evict)) {
        if (await this.#tryToEvict(item)) gone.push(item);
        else stuck.add(item.key);
      }
    }
  }

  async #tryToEvict(item: InventoryItem): Promise<boolean> {
    const { logger, evictions, inventory, ledger, clock } = this.#options;
    const what = `${item.kind} ${item.reference ?? item.key}`;
    try {
      const now = (): number => clock.date().getTime();
      if (!(await evictItem(item, { inventory, ledger, now }))) return false;
      evictions?.inc({ kind: item.kind });
      logger.info({ key: item.key, bytes: item.bytes }, `evicted ${what}: ${formatBytes(item.bytes)}`);
      return true;
    } catch (error) {
      logger.warn({ err: error, key: item.key }, `${what} can't be evicted: ${messageOf(error)}`);
      return false;
    }
  }

  async #plan(wanted: Wanted | undefined, stuck: ReadonlySet<string>): Promise<Plan> {
    const { inventory, maxBytes = Number.POSITIVE_INFINITY, policy } = this.#options;
    const items = [];
    const paths = new Map<number, string>();
    for (const item of await inventory.list()) {
      const path = item.paths[0] ?? inventory.stateDirectory;
      // It may have vanished meanwhile; then its directory says where it was.
      const disk = await this.#disks.idOf(path);
      paths.set(disk, path);
      items.push({ ...item, disk, leased: item.leased || stuck.has(item.key) });
    }
    if (wanted !== undefined) paths.set(await this.#disks.idOf(wanted.directory), wanted.directory);
    const disks = [];
    for (const [id, path] of paths) disks.push(await this.#needOf(id, path, wanted));
    const budget = { maxBytes: maxBytes - this.#reservations.totalBytes, policy };
    return { ...planOverDisks(items, disks, budget), items };
  }

  async #needOf(id: number, path: string, wanted: Wanted | undefined): Promise<DiskNeed> {
    const isThere = wanted !== undefined && (await this.#disks.idOf(wanted.directory)) === id;
    return {
      id,
      freeBytes: (await this.#disks.freeBytesAt(path)) - this.#reservations.unwrittenOn(id),
      freeFloorBytes: this.#options.freeFloorBytes ?? usualFloorBytes(await this.#disks.totalBytesAt(path)),
      wantedBytes: isThere ? wanted.bytes : 0,
    };
  }

  #overBudget({ bytes }: Wanted, missing: number): ServiceError {
    return new ServiceError(
      'insufficient_storage',
      `there is no room for ${formatBytes(bytes)} in the store: ${formatBytes(missing)} are missing, and the rest must stay`,
      {
        detail:
          'Raise RERANK_CACHE_MAX_BYTES, lower RERANK_HISTORY, or unpin something; "rerankd cache ls" shows what lies there and what keeps it.',
      },
    );
  }

  #diskFull({ bytes, directory }: Wanted, missing: number): ServiceError {
    return new ServiceError(
      'insufficient_storage',
      `there is no room for ${formatBytes(bytes)} on the disk of ${directory}: ${formatBytes(missing)} are missing`,
      {
        detail:
          'Free some space there, lower RERANK_CACHE_FREE_BYTES, or unpin something; "rerankd cache ls" shows what lies in the store and what keeps it.',
      },
    );
  }
}

function pick<T extends InventoryItem>(items: readonly T[], keys: readonly string[]): T[] {
  return keys.flatMap((key) => items.find((item) => item.key === key) ?? []);
}

function shortfallOf({ overBudgetBytes, short }: Omit<DisksPlan, 'evict'>): number {
  return Math.max(overBudgetBytes, short?.bytes ?? 0);
}
