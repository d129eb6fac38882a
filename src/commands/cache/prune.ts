import type { Config } from '../../config.ts';
import { systemClock } from '../../platform/clock.ts';
import { CacheBudget } from '../../store/retention/cache-budget.ts';
import { removeLeftovers } from '../../store/retention/remove-leftovers.ts';
import { formatPruned, prunedJson } from '../report/store-report.ts';
import { openStore } from './open-store.ts';

export interface PruneRequest {
  /** What may stay; without it, nothing stays that nothing keeps. */
  readonly maxBytes: number | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * `rerankd cache prune`: deletes what nothing keeps, the longest unused first.
 * @returns what to print.
 * @throws CommandError
 */
export async function pruneCache(
  config: Config,
  { maxBytes = config.store.maxBytes ?? 0, dryRun, json }: PruneRequest,
): Promise<string> {
  const { inventory, ledger, logger } = openStore(config);
  const budget = new CacheBudget({
    inventory,
    ledger,
    maxBytes,
    freeFloorBytes: 0,
    policy: config.store.policy,
    clock: systemClock,
    logger,
  });
  const { items } = await (dryRun ? budget.preview() : budget.trim({ isQuiet: true }));
  const now = systemClock.date().getTime();
  const leftoverBytes = await removeLeftovers({ stateDirectory: config.stateDirectory, now, dryRun });
  const pruned = { items, leftoverBytes, dryRun };
  return json ? JSON.stringify(prunedJson(pruned), null, 2) : formatPruned(pruned);
}
