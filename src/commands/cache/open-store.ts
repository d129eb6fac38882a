import type { Config } from '../../config.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLogger, type Logger } from '../../platform/logger.ts';
import { servedModels } from '../../serving/state/served-models.ts';
import { copyPlaces, copySources } from '../../store/copies.ts';
import { KnownRevisions, revisionsDirectory } from '../../store/hub/known-revisions.ts';
import { Leases } from '../../store/retention/leases.ts';
import { Ledger } from '../../store/retention/ledger.ts';
import { storeFiles } from '../../store/retention/store-files.ts';
import { StoreInventory } from '../../store/retention/store-inventory.ts';

/** The store of a state directory, as seen from another process than its server. */
export interface OpenStore {
  readonly inventory: StoreInventory;
  readonly ledger: Ledger;
  /** What branches and tags meant when they were last looked up. */
  readonly revisions: Pick<KnownRevisions, 'find'>;
  readonly logger: Logger;
}

/** Opens the store for looking and deleting, while a server may be working with it. Nothing is read before somebody asks. */
export function openStore({
  stateDirectory,
  store,
}: Pick<Config, 'stateDirectory'> & { readonly store: Pick<Config['store'], 'cacheDirectory'> }): OpenStore {
  const logger = createLogger({ level: 'warn', format: 'text', destination: 2 });
  const files = storeFiles(stateDirectory);
  const ledger = new Ledger({ directory: files.ledger, clock: systemClock });
  const leases = new Leases({ directory: files.leases, clock: systemClock, logger });
  const places = copyPlaces(stateDirectory, store.cacheDirectory);
  const roots = { writable: store.cacheDirectory, readOnly: [places.ownCache], symlinks: false };
  const sources = copySources({
    ...places,
    now: () => systemClock.date().getTime(),
  });
  const served = (): ReturnType<typeof servedModels> => servedModels(stateDirectory);
  return {
    inventory: new StoreInventory({ stateDirectory, ledger, leases, sources, served }),
    ledger,
    revisions: new KnownRevisions(roots, revisionsDirectory(stateDirectory), 0, systemClock),
    logger,
  };
}
