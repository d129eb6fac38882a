import { bytesOf, type EvictionPolicy, planEviction, type StoredItem } from './evict.ts';

/** One file system. */
export interface DiskNeed {
  readonly id: number;
  readonly freeBytes: number;
  readonly freeFloorBytes: number;
  /** About to be written there. */
  readonly wantedBytes: number;
}

export interface ItemOnDisk extends StoredItem {
  readonly disk: number;
}

export interface DisksPlan {
  readonly evict: readonly string[];
  /** Beyond the budget for all disks together, whatever is evicted. */
  readonly overBudgetBytes: number;
  /** The disk that stays the furthest below its floor. */
  readonly short: { readonly disk: number; readonly bytes: number } | undefined;
}

/**
 * Chooses what to evict where the budget is one, and the disks are several: deleting something on one of them makes no room on
 * another.
 */
export function planOverDisks(
  items: readonly ItemOnDisk[],
  disks: readonly DiskNeed[],
  { maxBytes, policy }: { readonly maxBytes: number; readonly policy: EvictionPolicy },
): DisksPlan {
  const wantedBytes = disks.reduce((sum, disk) => sum + disk.wantedBytes, 0);
  const forBudget = planEviction(items, {
    maxBytes,
    wantedBytes,
    policy,
    freeBytes: Number.POSITIVE_INFINITY,
    freeFloorBytes: 0,
  });
  const evict = [...forBudget.evict];
  let short: DisksPlan['short'];
  for (const disk of disks) {
    const onDisk = items.filter((item) => item.disk === disk.id);
    const going = onDisk.filter(({ key }) => forBudget.evict.includes(key));
    const staying = onDisk.filter((item) => !going.includes(item));
    const forFloor = planEviction(staying, {
      ...disk,
      freeBytes: disk.freeBytes + bytesOf(going),
      maxBytes: Number.POSITIVE_INFINITY,
      policy,
    });
    evict.push(...forFloor.evict);
    if (forFloor.shortfallBytes > (short?.bytes ?? 0))
      short = { disk: disk.id, bytes: forFloor.shortfallBytes };
  }
  return { evict, overBudgetBytes: forBudget.shortfallBytes, short };
}
