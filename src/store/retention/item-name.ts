import { createHash } from 'node:crypto';

/** The name of the small files about an item. Keys have slashes, and may be longer than a file name. */
export function itemName(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
