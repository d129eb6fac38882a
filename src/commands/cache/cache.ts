import type { Config } from '../../config.ts';
import { listCache } from './list.ts';
import { pinModel, unpinModel } from './pin.ts';
import { type PruneRequest, pruneCache } from './prune.ts';

export type CacheRequest =
  | { readonly action: 'ls'; readonly json: boolean }
  | ({ readonly action: 'prune' } & PruneRequest)
  | { readonly action: 'pin' | 'unpin'; readonly item: string };

/**
 * `rerankd cache …`: works on the state directory, beside a server that may be running.
 *
 * What that server needs is known by two things: `.last_good_model` names what serves, what served before and the history; and
 * leases (files that every process touches while it uses a model) name what is being brought, compiled, loaded or drained, and
 * what serves where nothing was ever updated.
 * @returns what to print.
 * @throws CommandError
 */
export async function cache(config: Config, request: CacheRequest): Promise<string> {
  if (request.action === 'ls') return listCache(config, request);
  if (request.action === 'prune') return pruneCache(config, request);
  return request.action === 'pin' ? pinModel(config, request.item) : unpinModel(config, request.item);
}
