/** Something on disk that can be had again, so that it may be deleted. */
export interface StoredItem {
  readonly key: string;
  readonly bytes: number;
  readonly lastUsed: Date;
  readonly uses: number;
  readonly pinned: boolean;
  /** In use, or needed by a restart or a rollback. */
  readonly leased: boolean;
}

/** `lru`: what was used the longest ago goes first; `lfu`: what was used the least. */
export type EvictionPolicy = 'lru' | 'lfu';

/** How much may lie there, and how much is to be added. Infinity stands for no limit. */
export interface Room {
  /** The items and what is wanted may have this many bytes together. */
  readonly maxBytes: number;
  /** Free on the disk now. */
  readonly freeBytes: number;
  /** To be left free on the disk. */
  readonly freeFloorBytes: number;
  /** About to be written. */
  readonly wantedBytes: number;
  readonly policy: EvictionPolicy;
}

export interface EvictionPlan {
  /** Keys, in the order in which to evict. No one of them could stay. */
  readonly evict: readonly string[];
  /** What is missing even so, because the rest is pinned or leased. */
  readonly shortfallBytes: number;
}

/**
 * Chooses what to delete so that there is room: in the order of the policy until it is enough, and then without those that turn
 * out not to be needed. Pinned and leased items stay.
 */
export function planEviction(items: readonly StoredItem[], room: Room): EvictionPlan {
  const { maxBytes, freeBytes, freeFloorBytes, wantedBytes, policy } = room;
  const overBudget = bytesOf(items) + wantedBytes - maxBytes;
  const belowFloor = freeFloorBytes + wantedBytes - freeBytes;
  const needed = Math.max(0, overBudget, belowFloor);
  const candidates = items
    .filter(({ pinned, leased, bytes }) => !pinned && !leased && bytes > 0)
    .toSorted(policy === 'lru' ? byAge : byUses);
  const chosen: StoredItem[] = [];
  let freed = 0;
  for (const item of candidates) {
    if (freed >= needed) break;
    chosen.push(item);
    freed += item.bytes;
  }
  // A large one at the end may have made small ones before it needless; the most valuable of them stay first.
  for (const item of chosen.toReversed()) {
    if (freed - item.bytes < needed) continue;
    chosen.splice(chosen.indexOf(item), 1);
    freed -= item.bytes;
  }
  return { evict: chosen.map(({ key }) => key), shortfallBytes: Math.max(0, needed - freed) };
}

/** The sum of their sizes. */
export function bytesOf(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

function byAge(a: StoredItem, b: StoredItem): number {
  return a.lastUsed.getTime() - b.lastUsed.getTime() || a.uses - b.uses || byKey(a, b);
}

function byUses(a: StoredItem, b: StoredItem): number {
  return a.uses - b.uses || a.lastUsed.getTime() - b.lastUsed.getTime() || byKey(a, b);
}

function byKey(a: StoredItem, b: StoredItem): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}
