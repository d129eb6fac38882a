import { bytesOf } from '../../store/retention/evict.ts';
import type { InventoryItem } from '../../store/retention/store-inventory.ts';
import { oneLine, table } from './layout.ts';
import { mebibytes, moment } from './quantities.ts';

export interface Pruned {
  readonly items: readonly InventoryItem[];
  /** Of what was begun and never finished. */
  readonly leftoverBytes: number;
  readonly dryRun: boolean;
}

/** Digits of a digest that tell models apart. */
const DIGEST_DIGITS = 12;

const HEADINGS = ['model', 'kind', 'digest', 'size', 'last used', 'uses', 'kept because', 'state'];
const ALIGNMENTS = ['left', 'left', 'left', 'right', 'left', 'right', 'left'] as const;

/** Everything in the store as a table; no line end at the end. */
export function formatStore(items: readonly InventoryItem[]): string {
  if (items.length === 0) return 'the store is empty';
  return [
    ...table([HEADINGS, ...items.map(row)], ALIGNMENTS),
    '',
    `${mebibytes(bytesOf(items))} in all, ${mebibytes(bytesOf(items.filter(mayGo)))} of which nothing keeps`,
  ].join('\n');
}

/** The same for programs. */
export function storeJson(items: readonly InventoryItem[]) {
  return { items: items.map(itemJson), bytes: bytesOf(items), evictable_bytes: bytesOf(items.filter(mayGo)) };
}

/** What was deleted, or would be. */
export function formatPruned({ items, leftoverBytes, dryRun }: Pruned): string {
  const lines = items.map(
    (item) => `${dryRun ? 'would delete' : 'deleted'} ${item.kind} ${nameOf(item)}, ${mebibytes(item.bytes)}`,
  );
  if (leftoverBytes > 0)
    lines.push(`${dryRun ? 'would delete' : 'deleted'} unfinished copies, ${mebibytes(leftoverBytes)}`);
  if (lines.length === 0) return 'there is nothing to delete';
  const bytes = bytesOf(items) + leftoverBytes;
  return [...lines, `${mebibytes(bytes)} ${dryRun ? 'would be freed' : 'freed'}`].join('\n');
}

/** The same for programs. */
export function prunedJson({ items, leftoverBytes, dryRun }: Pruned) {
  return {
    dry_run: dryRun,
    evicted: items.map(itemJson),
    leftover_bytes: leftoverBytes,
    bytes: bytesOf(items) + leftoverBytes,
  };
}

/** What a person calls it. */
export function nameOf({ kind, key, reference }: InventoryItem): string {
  const text = kind === 'model' ? `${reference ?? 'of unknown origin'} (${shown(key)})` : (reference ?? key);
  return oneLine(text);
}

function row(item: InventoryItem): string[] {
  const { kind, key, reference, bytes, lastUsed, uses, keptBy, isAhead } = item;
  return [
    reference ?? 'unknown',
    kind,
    kind === 'snapshot' ? '' : shown(key),
    mebibytes(bytes),
    moment(lastUsed.toISOString()),
    String(uses),
    keptBy.join(', '),
    isAhead ? 'ready, not served yet' : '',
  ];
}

function mayGo({ pinned, leased }: InventoryItem): boolean {
  return !pinned && !leased;
}

function itemJson({ kind, key, reference, bytes, lastUsed, uses, keptBy, isAhead, paths }: InventoryItem) {
  return {
    kind,
    key,
    reference: reference ?? null,
    bytes,
    last_used: lastUsed.toISOString(),
    uses,
    kept_by: keptBy,
    ahead: isAhead,
    paths,
  };
}

function shown(digest: string): string {
  return digest.slice(0, DIGEST_DIGITS);
}
