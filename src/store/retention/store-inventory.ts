import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AHEAD } from '../staging.ts';
import { TreeSizes } from '../tree-size.ts';
import type { CopySource, StoredCopy } from './copy-source.ts';
import type { StoredItem } from './evict.ts';
import type { Leases } from './leases.ts';
import type { Ledger, LedgerName, LedgerView } from './ledger.ts';

/** What keeps an item from being evicted. */
type Keeper = 'active' | 'previous' | 'history' | 'pinned' | 'leased' | 'not ours';

/** A model that a restart or a rollback may ask for. */
export interface ServedModel {
  readonly digest: string;
  readonly reference: string;
  readonly role: 'active' | 'previous' | 'history';
}

export interface InventoryItem extends StoredItem {
  /** `model`: a private copy and all that was compiled and measured of it; the others are what it was copied from. */
  readonly kind: 'model' | CopySource['kind'];
  /** The last name under which it was asked for; undefined when nobody remembers. */
  readonly reference: string | undefined;
  /** Every name that led to it, as far as anybody remembers, and when that was. */
  readonly names: readonly LedgerName[];
  readonly paths: readonly string[];
  readonly keptBy: readonly Keeper[];
  /** Made ready ahead of time, and has not served yet. */
  readonly isAhead: boolean;
  /** Where it comes from, for copies. */
  readonly copy?: { readonly source: CopySource; readonly entry: StoredCopy };
}

export interface StoreInventoryOptions {
  readonly stateDirectory: string;
  readonly ledger: Ledger;
  readonly leases: Pick<Leases, 'held'>;
  readonly sources: readonly CopySource[];
  /** @throws when it can't be told: then nothing may be evicted. */
  readonly served: () => Promise<readonly ServedModel[]>;
}

/** What an inventory is taken with, at one moment. */
interface Facts extends LedgerView {
  isHeld(key: string): boolean;
  readonly served: readonly ServedModel[];
}

const DIGEST = /^[0-9a-f]{64}/;

/** What lies in the store, how much of the disk it takes, and what keeps it there. */
export class StoreInventory {
  readonly #options: StoreInventoryOptions;

  constructor(options: StoreInventoryOptions) {
    this.#options = options;
  }

  get stateDirectory(): string {
    return this.#options.stateDirectory;
  }

  /** Models first, in the order of their digests. @throws what `served` throws. */
  async list(): Promise<InventoryItem[]> {
    const { ledger, leases, sources, served } = this.#options;
    const held = await leases.held();
    const view = await ledger.read();
    const facts = { ...view, isHeld: (key: string) => held.has(key), served: await served() };
    const items = await this.#models(facts);
    for (const source of sources) {
      for (const entry of await source.list()) items.push(await copyItem(source, entry, facts));
    }
    return items;
  }

  /** Digests of the pinned models, for a clean-up that goes by what a server needs. */
  async pinnedModels(): Promise<ReadonlySet<string>> {
    const view = await this.#options.ledger.read();
    const digests = [...(await this.#pathsByDigest()).keys()];
    return new Set(digests.filter((digest) => view.isPinned(digest)));
  }

  /** Every name that led to a private copy that is here, as far as the ledger remembers. */
  async namesOfModels(): Promise<readonly string[]> {
    const view = await this.#options.ledger.read();
    const copies = await readdir(join(this.stateDirectory, 'models')).catch((): string[] => []);
    return copies.flatMap((digest) => view.entryOf(digest)?.names.map(({ reference }) => reference) ?? []);
  }

  /** True when somebody has begun to use it. */
  async isHeld(key: string): Promise<boolean> {
    return (await this.#options.leases.held()).has(key);
  }

  async #models(facts: Facts): Promise<InventoryItem[]> {
    const sizes = new TreeSizes();
    const items: InventoryItem[] = [];
    for (const [digest, paths] of await this.#pathsByDigest()) {
      let bytes = 0;
      for (const path of paths) bytes += await sizes.of(path);
      const served = facts.served.find((model) => model.digest === digest);
      const marker = await stat(join(this.stateDirectory, 'models', digest, AHEAD)).catch(() => undefined);
      const shared = await common(digest, paths, facts);
      items.push({
        ...shared,
        kind: 'model',
        reference: facts.entryOf(digest)?.reference ?? served?.reference,
        names: namesOf(digest, facts, shared.lastUsed),
        bytes,
        paths,
        ...keeping(served?.role, facts, digest),
        isAhead: marker !== undefined,
      });
    }
    return items;
  }

  /** The copy first: without it, the rest is never looked for. */
  async #pathsByDigest(): Promise<ReadonlyMap<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const folder of ['models', 'compiled', 'plans']) {
      const root = join(this.stateDirectory, folder);
      for (const name of await readdir(root).catch((): string[] => [])) {
        const digest = DIGEST.exec(name)?.[0];
        if (digest === undefined || !/^(?:$|-)/.test(name.slice(digest.length))) continue;
        found.set(digest, [...(found.get(digest) ?? []), join(root, name)]);
      }
    }
    return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** Those of the ledger, then those that `.last_good_model` has besides. */
function namesOf(digest: string, facts: Facts, lastUsed: Date): readonly LedgerName[] {
  const names = [...(facts.entryOf(digest)?.names ?? [])];
  for (const { digest: other, reference } of facts.served) {
    if (other !== digest || names.some((name) => name.reference === reference)) continue;
    names.push({ reference, lastUsed: lastUsed.toISOString() });
  }
  return names;
}

async function copyItem(source: CopySource, entry: StoredCopy, facts: Facts): Promise<InventoryItem> {
  const { key, reference, path, bytes } = entry;
  // Of older ones in the history, the private copy is enough; what these were brought as may save a transfer.
  const role = facts.served.find((model) => isOf(model, reference) && model.role !== 'history')?.role;
  const isForeign = source.isShared && facts.entryOf(key)?.ours !== true;
  const shared = await common(key, [path], facts);
  return {
    ...shared,
    kind: source.kind,
    reference,
    names: [{ reference, lastUsed: shared.lastUsed.toISOString() }],
    bytes,
    paths: [path],
    ...keeping(role, facts, key, { leaseKey: entry.leaseKey, isForeign }),
    isAhead: false,
    copy: { source, entry },
  };
}

/** The model may be a folder of what was copied. */
function isOf(model: ServedModel, reference: string): boolean {
  return model.reference === reference || model.reference.startsWith(`${reference}/`);
}

async function common(key: string, paths: readonly string[], facts: Facts) {
  const entry = facts.entryOf(key);
  const changed = (await stat(paths[0] ?? '').catch(() => undefined))?.mtime ?? new Date(0);
  return {
    key,
    lastUsed: entry === undefined ? changed : new Date(entry.lastUsed),
    uses: entry?.uses ?? 0,
  };
}

function keeping(
  role: ServedModel['role'] | undefined,
  facts: Facts,
  key: string,
  { leaseKey = key, isForeign = false } = {},
) {
  const pinned = facts.isPinned(key);
  const others: Keeper[] = [
    ...(role === undefined ? [] : [role]),
    ...(facts.isHeld(leaseKey) ? (['leased'] as const) : []),
    ...(isForeign ? (['not ours'] as const) : []),
  ];
  return {
    pinned,
    leased: others.length > 0,
    keptBy: pinned ? [...others, 'pinned' as const] : others,
  };
}
