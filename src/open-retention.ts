import type { Config } from './config.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import { servedModels } from './serving/state/served-models.ts';
import { copyPlaces, copySources } from './store/copies.ts';
import { CacheBudget } from './store/retention/cache-budget.ts';
import { Leases } from './store/retention/leases.ts';
import { Ledger } from './store/retention/ledger.ts';
import { storeFiles } from './store/retention/store-files.ts';
import { StoreInventory } from './store/retention/store-inventory.ts';
import { Usage } from './store/retention/usage.ts';
import { VerdictCache } from './store/retention/verdict-cache.ts';

export interface RetentionParts {
  /** Where the private copies lie: the state directory, or what replaces it. */
  readonly workDirectory: string;
  /** Contents that this process needs, whatever the state directory says. */
  readonly wanted: () => Iterable<string>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What lies on this machine, who needs it, and what goes when there is no room. */
export interface Retention {
  readonly leases: Leases;
  readonly verdicts: VerdictCache;
  readonly usage: Usage;
  readonly inventory: StoreInventory;
  readonly budget: CacheBudget;
}

/** Puts together what keeps the store within its budget. Nothing is read or deleted, and no lease is held, before somebody asks. */
export function openRetention(
  { store, stateDirectory }: Pick<Config, 'store' | 'stateDirectory'>,
  { workDirectory, wanted, clock, logger, metrics }: RetentionParts,
): Retention {
  const files = storeFiles(workDirectory);
  const now = (): number => clock.date().getTime();
  const leases = new Leases({ directory: files.leases, clock, logger });
  const ledger = new Ledger({ directory: files.ledger, clock });
  const inventory = new StoreInventory({
    stateDirectory: workDirectory,
    ledger,
    leases,
    sources: copySources({ ...copyPlaces(workDirectory, store.cacheDirectory), now }),
    served: async () => [
      // Before this process has decided anything, another one's rollback may depend on what lies there.
      ...(await servedModels(stateDirectory)),
      ...[...wanted()].map((digest) => ({ digest, reference: digest, role: 'history' as const })),
    ],
  });
  const budget = new CacheBudget({
    inventory,
    ledger,
    maxBytes: store.maxBytes,
    freeFloorBytes: store.freeBytes,
    policy: store.policy,
    clock,
    logger,
    evictions: metrics.storeEvictions,
  });
  const verdicts = new VerdictCache({ path: files.verdicts, clock });
  return { leases, verdicts, usage: new Usage({ leases, ledger, logger }), inventory, budget };
}
