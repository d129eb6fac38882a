/** Waiting pairs of about the same length. */
export interface LengthBucket {
  /** The longest that a pair in here can be, in tokens. */
  readonly length: number;
  /** Waiting pairs. */
  readonly pairs: number;
  /** Arrival number of the pair that waits longest; smaller is older. */
  readonly oldest: number;
}

export interface BatchLimits {
  /** Tokens of one batch, padding included. A single longer pair still makes a batch of its own. */
  readonly tokens: number;
  /** Share of a row that may be padding, 0 to 1. */
  readonly paddingShare: number;
}

/** How many pairs to take out of which bucket. */
export interface BucketShare {
  readonly bucket: number;
  readonly pairs: number;
}

/**
 * Chooses the next batch: the pair that waits longest leads, so that none starves, and pairs of its length or a little
 * shorter fill up the rest, so that little of the batch is padding.
 *
 * @param buckets ascending by length; empty ones are allowed.
 * @returns at least the leading pair, unless every bucket is empty.
 */
export function formBatch(buckets: readonly LengthBucket[], limits: BatchLimits): BucketShare[] {
  const lead = indexOfOldest(buckets);
  const leader = buckets[lead];
  if (leader === undefined) return [];

  const rowTokens = leader.length;
  const shortest = rowTokens * (1 - limits.paddingShare);
  let room = Math.max(1, Math.floor(limits.tokens / rowTokens));
  const shares: BucketShare[] = [];
  for (let index = lead; index >= 0 && room > 0; index--) {
    const bucket = buckets[index];
    if (bucket === undefined || bucket.length < shortest) break;
    const pairs = Math.min(bucket.pairs, room);
    if (pairs > 0) shares.push({ bucket: index, pairs });
    room -= pairs;
  }
  return shares;
}

function indexOfOldest(buckets: readonly LengthBucket[]): number {
  let found = -1;
  let oldest = Number.POSITIVE_INFINITY;
  for (const [index, bucket] of buckets.entries()) {
    if (bucket.pairs > 0 && bucket.oldest < oldest) {
      oldest = bucket.oldest;
      found = index;
    }
  }
  return found;
}
