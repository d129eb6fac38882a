import { dirname } from 'node:path';
import type { Ledger } from './ledger.ts';
import { beginRemoval, finishOldRemovals } from './remove-copy.ts';
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
  if (await inventory.isHeld(item.key)) return false;
  if (item.copy !== undefined) await item.copy.source.remove(item.copy.entry);
  else {
    for (const folder of new Set(item.paths.map((path) => dirname(path))))
      await finishOldRemovals(folder, now());
    const removal = await beginRemoval(item.paths);
    // Whoever takes a lease looks for the files after that. Either they see that these are gone, or it is seen here.
    if (await inventory.isHeld(item.key)) {
      await removal.undo();
      return false;
    }
    await removal.finish();
  }
  await ledger.forget(item.key);
  return true;
}
