import type { Batch } from './batch.ts';

/**
 * Two batches of about half the tokens each, the longer rows in the first: rows of one length pad each other the least.
 * @returns undefined for a batch that can't be split.
 */
export function halve(batch: Batch): [Batch, Batch] | undefined {
  if (batch.pairs.length < 2) return undefined;
  const pairs = batch.pairs.toSorted((a, b) => b.ids.length - a.ids.length);
  const total = pairs.reduce((sum, { ids }) => sum + ids.length, 0);
  let tokens = 0;
  const middle = pairs.findIndex(({ ids }) => (tokens += ids.length) >= total / 2);
  const cut = Math.min(Math.max(1, middle + 1), pairs.length - 1);
  return [
    { ...batch, pairs: pairs.slice(0, cut) },
    { ...batch, pairs: pairs.slice(cut) },
  ];
}
