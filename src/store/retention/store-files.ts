import { join } from 'node:path';

/** Where the store keeps what it knows, in the state directory. */
export function storeFiles(stateDirectory: string) {
  return {
    ledger: join(stateDirectory, 'ledger'),
    leases: join(stateDirectory, 'leases'),
    verdicts: join(stateDirectory, 'verdicts.json'),
  };
}
