/** Waiting pairs of about the same length. */
export interface LengthBucket {
  /** The longest that a pair in here can be, in tokens. */
  readonly length: number;
  /** Waiting pairs. */
  readonly pairs: number;
}

export interface BatchLimits {
  /** Tokens that are computed for one batch, padding included. A single longer pair still makes a batch of its own. */
  readonly tokens: number;
  readonly rows: number;
  /** Share of a row that may be padding, 0 to 1. */
  readonly paddingShare: number;
  /** Tokens that each row is made to have, for the longest of them. */
  readonly width: (longest: number) => number;
}

/** How many pairs to take out of which bucket. */
export interface BucketShare {
  readonly bucket: number;
  readonly pairs: number;
}

/**
 * Chooses what runs together with the pair whose turn it is where rows are padded: pairs of its length, those that are longer
 * and cost no more, and those that are a little shorter, so that little of the batch is padding.
 *
 * @param buckets ascending by length; empty ones are allowed.
 * @param lead index of the bucket in which that pair waits.
 * @returns one pair of the leading bucket at least, first of all; nothing if that bucket is empty.
 */
export function formBatch(
  buckets: readonly LengthBucket[],
  lead: number,
  limits: BatchLimits,
): BucketShare[] {
  const leading = buckets[lead];
  if (leading === undefined || leading.pairs === 0) return [];
  const rowTokens = limits.width(leading.length);
  const shares: BucketShare[] = [];
  let room = Math.max(1, Math.min(limits.rows, Math.floor(limits.tokens / rowTokens)));
  const take = (index: number): void => {
    const pairs = Math.min(buckets[index]?.pairs ?? 0, room);
    if (pairs > 0) shares.push({ bucket: index, pairs });
    room -= pairs;
  };
  take(lead);
  const isIn = (index: number, from: number, to: number): boolean => {
    const length = buckets[index]?.length;
    return room > 0 && length !== undefined && length >= from && length <= to;
  };
  for (let index = lead + 1; isIn(index, 0, rowTokens); index++) take(index);
  const shortest = rowTokens * (1 - limits.paddingShare);
  for (let index = lead - 1; isIn(index, shortest, rowTokens); index--) take(index);
  return shares;
}

/** What a batch holds so far whose rows lie back to back. */
export interface PackedRows {
  readonly rows: number;
  readonly tokens: number;
  /** Tokens of the longest row. */
  readonly longest: number;
}

/** Some of a packed model's tables are as wide as the longest row: they may have so many places for each token of the budget. */
const PLACES_PER_TOKEN = 8;

/**
 * Whether the pair that comes next still goes into a batch whose rows lie back to back. Nothing is padded, so that pairs of all
 * lengths run together, in the order of their turns.
 * @param next tokens of that pair
 */
export function fitsPacked(
  batch: PackedRows,
  next: number,
  { tokens, rows }: Pick<BatchLimits, 'tokens' | 'rows'>,
): boolean {
  if (batch.rows === 0) return true;
  const places = (batch.rows + 1) * Math.max(batch.longest, next);
  return batch.rows < rows && batch.tokens + next <= tokens && places <= tokens * PLACES_PER_TOKEN;
}
