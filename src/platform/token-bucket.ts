/** How many tokens a bucket holds, and how fast it fills. */
export interface BucketTerms {
  readonly capacity: number;
  readonly perSecond: number;
}

/** A bucket as it was at `atMs`. A new one is full; one that may be overdrawn holds less than nothing meanwhile. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** What is in a bucket by now. */
export function refilled(bucket: Bucket | undefined, terms: BucketTerms, nowMs: number): Bucket {
  if (bucket === undefined) return { tokens: terms.capacity, atMs: nowMs };
  const gained = ((nowMs - bucket.atMs) / 1000) * terms.perSecond;
  return { tokens: Math.min(terms.capacity, bucket.tokens + gained), atMs: nowMs };
}

/** Seconds until the bucket holds so many tokens. */
export function secondsUntil(tokens: number, bucket: Bucket, { perSecond }: BucketTerms): number {
  return Math.max(0, (tokens - bucket.tokens) / perSecond);
}
