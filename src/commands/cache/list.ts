import type { Config } from '../../config.ts';
import { formatStore, storeJson } from '../report/store-report.ts';
import { openStore } from './open-store.ts';

/**
 * `rerankd cache ls`: what lies in the store, and what keeps it there.
 * @returns what to print.
 * @throws CommandError
 */
export async function listCache(config: Config, { json }: { readonly json: boolean }): Promise<string> {
  const items = await openStore(config).inventory.list();
  return json ? JSON.stringify(storeJson(items), null, 2) : formatStore(items);
}
