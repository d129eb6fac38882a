import { type BatchLimits, formBatch, type LengthBucket } from './form-batch.ts';

/** Lengths within one bucket differ by less than this many tokens. */
const BUCKET_TOKENS = 16;

interface Waiting<T> {
  readonly item: T;
  readonly tokens: number;
  readonly arrival: number;
}

/** Pairs that wait for a batch, kept by length. Forming a batch costs time by the number of lengths, not of pairs. */
export class PairQueue<T> {
  readonly #buckets: Waiting<T>[][] = [];
  #arrivals = 0;
  #pairs = 0;
  #tokens = 0;

  get pairs(): number {
    return this.#pairs;
  }

  get tokens(): number {
    return this.#tokens;
  }

  push(item: T, tokens: number): void {
    const index = Math.max(1, Math.ceil(tokens / BUCKET_TOKENS));
    while (this.#buckets.length <= index) this.#buckets.push([]);
    this.#buckets[index]?.push({ item, tokens, arrival: this.#arrivals++ });
    this.#pairs++;
    this.#tokens += tokens;
  }

  /** Takes the next batch out of the queue; empty when nothing waits. */
  takeBatch(limits: BatchLimits): T[] {
    const batch: T[] = [];
    for (const share of formBatch(this.#view(), limits)) {
      for (const waiting of this.#buckets[share.bucket]?.splice(0, share.pairs) ?? []) {
        this.#pairs--;
        this.#tokens -= waiting.tokens;
        batch.push(waiting.item);
      }
    }
    return batch;
  }

  /** Drops what nobody waits for any more. */
  remove(isUnwanted: (item: T) => boolean): void {
    for (const [index, bucket] of this.#buckets.entries()) {
      const kept = bucket.filter((waiting) => !isUnwanted(waiting.item));
      if (kept.length === bucket.length) continue;
      this.#pairs -= bucket.length - kept.length;
      this.#tokens -= sumTokens(bucket) - sumTokens(kept);
      this.#buckets[index] = kept;
    }
  }

  #view(): LengthBucket[] {
    return this.#buckets.map((bucket, index) => ({
      length: index * BUCKET_TOKENS,
      pairs: bucket.length,
      oldest: bucket[0]?.arrival ?? Number.POSITIVE_INFINITY,
    }));
  }
}

function sumTokens(waiting: readonly Waiting<unknown>[]): number {
  return waiting.reduce((sum, { tokens }) => sum + tokens, 0);
}
