import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { copySources } from '../../src/store/copies.ts';
import type { Removal } from '../../src/store/removal.ts';
import type { CopySource, StoredCopy } from '../../src/store/retention/copy-source.ts';
import { Leases } from '../../src/store/retention/leases.ts';
import { Ledger } from '../../src/store/retention/ledger.ts';
import { storeFiles } from '../../src/store/retention/store-files.ts';
import { type ServedModel, StoreInventory } from '../../src/store/retention/store-inventory.ts';
import { LogBook } from './log-book.ts';
import { ManualClock } from './manual-clock.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Sixty-four of a digit: a digest that is easy to tell from others. */
export const digestOf = (digit: string): string => digit.repeat(64);

/** A state directory with models that are nothing but bytes, and a Hugging Face cache beside it. */
export async function storeOnDisk() {
  const base = await temporaryDirectory();
  const stateDirectory = join(base, 'state');
  const clock = new ManualClock();
  const log = new LogBook();
  const files = storeFiles(stateDirectory);
  const ledger = new Ledger({ directory: files.ledger, clock });
  const openLeases = () => new Leases({ directory: files.leases, clock, logger: log.logger });
  const served: ServedModel[] = [];
  const trouble = { isBlind: false, stuckKey: '' };
  const mayBeStuck = (source: CopySource): CopySource => ({
    ...source,
    beginRemoval: async (copy: StoredCopy): Promise<Removal> => {
      if (copy.key === trouble.stuckKey) throw new Error('EACCES: permission denied');
      return await source.beginRemoval(copy);
    },
  });
  const sources = copySources({
    caches: [join(base, 'hub')],
    manifests: join(stateDirectory, 'published', 'manifests'),
    now: () => clock.date().getTime(),
  });
  const inventory = new StoreInventory({
    stateDirectory,
    ledger,
    leases: openLeases(),
    sources: sources.map(mayBeStuck),
    served: async () => {
      if (trouble.isBlind) throw new Error('the state is unreadable');
      return served;
    },
  });

  const put = async (path: string, bytes: number): Promise<void> => {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), Buffer.alloc(bytes));
  };
  return {
    base,
    stateDirectory,
    clock,
    log,
    ledger,
    openLeases,
    served,
    inventory,
    trouble,
    put,
    /** A model of so many bytes, used now; then a second goes by. @returns its digest */
    model: async (digit: string, bytes: number): Promise<string> => {
      await put(`state/models/${digestOf(digit)}/weights`, bytes);
      await ledger.used(digestOf(digit), { reference: `local://${digit}` });
      clock.advance(1000);
      return digestOf(digit);
    },
    /** A snapshot that this server has brought. @returns its key */
    snapshot: async (name: string, bytes: number): Promise<string> => {
      const key = `hf://org/${name}@${digestOf('c').slice(0, 40)}`;
      await put(`hub/models--org--${name}/snapshots/${digestOf('c').slice(0, 40)}/weights`, bytes);
      await ledger.used(key, { ours: true });
      clock.advance(1000);
      return key;
    },
  };
}
