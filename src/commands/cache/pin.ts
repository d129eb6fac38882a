import type { Config } from '../../config.ts';
import { knownMeanings } from '../../store/hub/known-meanings.ts';
import { ModelRoots } from '../../store/reference.ts';
import type { InventoryItem } from '../../store/retention/store-inventory.ts';
import { CommandError } from '../command-error.ts';
import { nameOf } from '../report/store-report.ts';
import { type OpenStore, openStore } from './open-store.ts';

type PinConfig = Pick<Config, 'modelRoots'> & Parameters<typeof openStore>[0];

/** Shorter starts of a digest could mean anything. */
const MIN_DIGITS = 8;

/**
 * `rerankd cache pin REF|DIGEST`: keeps a model whatever the budget says: its private copy with what was compiled of it, and what
 * that was copied from. Any reference that led to it will do; of several contents that
 * were had under one reference, it is the one that was last used under it.
 * @returns what to print.
 * @throws CommandError when it is not in the store, or a digest begins several.
 */
export async function pinModel(config: PinConfig, wanted: string): Promise<string> {
  const store = openStore(config);
  const found = await matching(config, store, wanted);
  const models = found.filter(({ item }) => item.kind === 'model');
  const [newest] = models.toSorted((a, b) => b.at - a.at);
  const chosen = found.filter((match) => match.item.kind !== 'model' || match === newest);
  if (chosen.length === 0) throw notThere(wanted);
  for (const { item } of chosen) await store.ledger.pin(item.key);
  return chosen.map(({ item }) => `pinned ${item.kind} ${nameOf(item)}`).join('\n');
}

/**
 * `rerankd cache unpin REF|DIGEST`: takes the pins of all that goes by that name.
 * @returns what to print.
 * @throws CommandError when nothing of that name is in the store.
 */
export async function unpinModel(config: PinConfig, wanted: string): Promise<string> {
  const store = openStore(config);
  const { ledger } = store;
  const found = await matching(config, store, wanted);
  const gone = wanted.replace(/^sha256:/, '');
  if (found.length === 0) {
    // What was pinned may have been deleted by hand since.
    if (!(await ledger.read()).isPinned(gone)) throw notThere(wanted);
    await ledger.unpin(gone);
    return `unpinned ${gone}`;
  }
  const pinned = found.map(({ item }) => item).filter((item) => item.pinned);
  for (const { key } of pinned) await ledger.unpin(key);
  if (pinned.length === 0) return `${wanted} was not pinned`;
  return pinned.map((item) => `unpinned ${item.kind} ${nameOf(item)}`).join('\n');
}

interface Match {
  readonly item: InventoryItem;
  /** When it was last used under the name that was asked for, in milliseconds since 1970. */
  readonly at: number;
}

async function matching(
  config: PinConfig,
  { inventory, revisions }: OpenStore,
  wanted: string,
): Promise<readonly Match[]> {
  const items = await inventory.list();
  const digits = wanted.replace(/^sha256:/, '').toLowerCase();
  if (digits.length >= MIN_DIGITS && /^[0-9a-f]+$/.test(digits)) {
    const found = items.filter(({ kind, key }) => kind !== 'snapshot' && key.startsWith(digits));
    if (found.length > 1) {
      const which = found.map(({ key }) => key).join(', ');
      throw new CommandError(`"${wanted}" begins several digests: ${which}`, 'Give more digits.');
    }
    if (found.length === 1) return found.map((item) => ({ item, at: 0 }));
  }
  const [model, whole = model] = await knownMeanings(wanted, revisions);
  return items.flatMap((item) => {
    const remote = item.kind === 'model' ? model : whole;
    const spellings = new Set([wanted, canonical(config, wanted), remote]);
    const times = item.names
      .filter(({ reference }) => spellings.has(reference))
      .map(({ lastUsed }) => Date.parse(lastUsed));
    if (times.length === 0 && !spellings.has(item.key)) return [];
    return [{ item, at: Math.max(0, ...times) }];
  });
}

function canonical({ modelRoots }: PinConfig, reference: string): string {
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
