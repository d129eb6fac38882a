import { dirname } from 'node:path';
import { beginRemoval, finishOldRemovals, type Removal } from '../removal.ts';
import type { Ledger } from './ledger.ts';
import type { InventoryItem, StoreInventory } from './store-inventory.ts';

export interface EvictionTools {
  readonly inventory: Pick<StoreInventory, 'isHeld'>;
  readonly ledger: Pick<Ledger, 'forget'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Deletes an item, unless somebody has begun to use it since the inventory was taken.
 * @returns false when it stays.
 * @throws an error of the file system; then it is still there as a whole.
 */
export async function evictItem(item: InventoryItem, tools: EvictionTools): Promise<boolean> {
  const { inventory, ledger, now } = tools;
  const { copy } = item;
  const lease = copy?.entry.leaseKey ?? item.key;
  if (await inventory.isHeld(lease)) return false;
  const removal = await (copy === undefined
    ? beginModelRemoval(item.paths, now())
    : copy.source.beginRemoval(copy.entry));
  // Whoever takes a lease looks for the files after that. Either they see that these are gone, or it is seen here.
  if (await inventory.isHeld(lease)) {
    await removal.undo();
    return false;
  }
  await removal.finish();
  await ledger.forget(item.key);
  return true;
}

async function beginModelRemoval(paths: readonly string[], now: number): Promise<Removal> {
  for (const folder of new Set(paths.map((path) => dirname(path)))) await finishOldRemovals(folder, now);
  return await beginRemoval(paths);
}
