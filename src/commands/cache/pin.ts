import type { Config } from '../../config.ts';
import { ModelRoots } from '../../store/reference.ts';
import type { InventoryItem } from '../../store/tiers/store-inventory.ts';
import { CommandError } from '../command-error.ts';
import { nameOf } from '../report/store-report.ts';
import { openStore } from './open-store.ts';

/** Shorter starts of a digest could mean anything. */
const MIN_DIGITS = 8;

/**
 * `rerankd cache pin REF|DIGEST`: keeps a model whatever the budget says: its private copy with what was compiled of it, and what
 * that was copied from. Of several contents that were had under one reference, it is the one that was used last.
 * @returns what to print.
 * @throws CommandError when it is not in the store, or a digest begins several.
 */
export async function pinModel(config: Config, wanted: string): Promise<string> {
  const { inventory, ledger } = openStore(config);
  const found = matching(config, await inventory.list(), wanted);
  const models = found.filter(({ kind }) => kind === 'model');
  const [newest] = models.toSorted((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime());
  const chosen = found.filter((item) => item.kind !== 'model' || item === newest);
  if (chosen.length === 0) throw notThere(wanted);
  for (const { key } of chosen) await ledger.pin(key);
  return chosen.map((item) => `pinned ${item.kind} ${nameOf(item)}`).join('\n');
}

/**
 * `rerankd cache unpin REF|DIGEST`: takes the pins of all that goes by that name.
 * @returns what to print.
 * @throws CommandError when nothing of that name is in the store.
 */
export async function unpinModel(config: Config, wanted: string): Promise<string> {
  const { inventory, ledger } = openStore(config);
  const found = matching(config, await inventory.list(), wanted);
  const gone = wanted.replace(/^sha256:/, '');
  if (found.length === 0) {
    // What was pinned may have been deleted by hand since.
    if (!(await ledger.read()).isPinned(gone)) throw notThere(wanted);
    await ledger.unpin(gone);
    return `unpinned ${gone}`;
  }
  const pinned = found.filter((item) => item.pinned);
  for (const { key } of pinned) await ledger.unpin(key);
  if (pinned.length === 0) return `${wanted} was not pinned`;
  return pinned.map((item) => `unpinned ${item.kind} ${nameOf(item)}`).join('\n');
}

function matching(config: Config, items: readonly InventoryItem[], wanted: string): readonly InventoryItem[] {
  const digits = wanted.replace(/^sha256:/, '').toLowerCase();
  if (digits.length >= MIN_DIGITS && /^[0-9a-f]+$/.test(digits)) {
    const found = items.filter(({ kind, key }) => kind !== 'snapshot' && key.startsWith(digits));
    if (found.length > 1) {
      const which = found.map(({ key }) => key).join(', ');
      throw new CommandError(`"${wanted}" begins several digests: ${which}`, 'Give more digits.');
    }
    if (found.length === 1) return found;
  }
  const spellings = new Set([wanted, canonical(config, wanted)]);
  return items.filter(({ key, reference }) => spellings.has(key) || spellings.has(reference ?? ''));
}

function canonical({ modelRoots }: Config, reference: string): string {
  try {
    return new ModelRoots(modelRoots).canonical(reference);
  } catch {
    return reference;
  }
}

function notThere(wanted: string): CommandError {
  return new CommandError(
    `"${wanted}" is not in the store`,
    '"rerankd cache ls" shows what is there, and "rerankd fetch" brings more.',
  );
}
