import type { Config } from '../../config.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLogger, type Logger } from '../../platform/logger.ts';
import type { CopySource } from '../../store/tiers/copy-source.ts';
import { Leases } from '../../store/tiers/leases.ts';
import { Ledger } from '../../store/tiers/ledger.ts';
import { storeFiles } from '../../store/tiers/store-files.ts';
import { StoreInventory } from '../../store/tiers/store-inventory.ts';
import { servedModels } from './served-models.ts';

/** The store of a state directory, as seen from another process than its server. */
export interface OpenStore {
  readonly inventory: StoreInventory;
  readonly ledger: Ledger;
  readonly logger: Logger;
}

/** @param sources of copies besides the state directory */
export function openStore(
  { stateDirectory }: Pick<Config, 'stateDirectory'>,
  sources: readonly CopySource[] = [],
): OpenStore {
  const logger = createLogger({ level: 'warn', format: 'text', destination: 2 });
  const files = storeFiles(stateDirectory);
  const ledger = new Ledger({ directory: files.ledger, clock: systemClock });
  const leases = new Leases({ directory: files.leases, clock: systemClock, logger });
  const served = (): ReturnType<typeof servedModels> => servedModels(stateDirectory);
  return {
    inventory: new StoreInventory({ stateDirectory, ledger, leases, sources, served }),
    ledger,
    logger,
  };
}
