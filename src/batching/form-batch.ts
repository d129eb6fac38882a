/** Waiting pairs of about the same length. */
export interface LengthBucket {
  /** The longest that a pair in here can be, in tokens. */
  readonly length: number;
  /** Waiting pairs. */
  readonly pairs: number;
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
 * Chooses what runs together with the pair whose turn it is: pairs of its length or a little shorter, so that little of the
 * batch is padding.
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
  const rowTokens = buckets[lead]?.length ?? 0;
  const shortest = rowTokens * (1 - limits.paddingShare);
  const shares: BucketShare[] = [];
  if ((buckets[lead]?.pairs ?? 0) === 0) return shares;
  let room = Math.max(1, Math.floor(limits.tokens / rowTokens));
  for (let index = lead; index >= 0 && room > 0; index--) {
    const bucket = buckets[index];
    if (bucket === undefined || bucket.length < shortest) break;
    const pairs = Math.min(bucket.pairs, room);
    if (pairs > 0) shares.push({ bucket: index, pairs });
    room -= pairs;
  }
  return shares;
}
