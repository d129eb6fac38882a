import { LRUCache } from 'lru-cache';
import { type Clock, delay } from '../../platform/clock.ts';
import { type Bucket, type BucketTerms, refilled, secondsUntil } from '../../platform/token-bucket.ts';

const BURST_SECONDS = 0.25;

/** Origins that are remembered. The one that sent nothing for longest is forgotten first, and had most time to refill. */
const MOST_ORIGINS = 1000;

export interface BandwidthLimits {
  readonly maxBytesPerSecond?: number | undefined;
  readonly maxBytesPerSecondPerOrigin?: number | undefined;
}

/** Has those who receive wait, so that all of them together, and those of one origin, stay under a limit. */
export class Bandwidth {
  readonly #clock: Clock;
  readonly #global: BucketTerms | undefined;
  readonly #perOrigin: BucketTerms | undefined;
  readonly #origins = new LRUCache<string, Bucket>({ max: MOST_ORIGINS });
  #all: Bucket | undefined;

  constructor(limits: BandwidthLimits, clock: Clock) {
    this.#clock = clock;
    this.#global = termsOf(limits.maxBytesPerSecond);
    this.#perOrigin = termsOf(limits.maxBytesPerSecondPerOrigin);
  }

  /** Accounts for bytes that came, and resolves when the next ones may. Returns early when the signal aborts. */
  async take(origin: string, bytes: number, signal: AbortSignal): Promise<void> {
    const seconds = Math.max(this.#spendOfAll(bytes), this.#spendOf(origin, bytes));
    if (seconds > 0) await delay(this.#clock, seconds * 1000, signal);
  }

  #spendOfAll(bytes: number): number {
    if (this.#global === undefined) return 0;
    this.#all = this.#spent(this.#all, bytes, this.#global);
    return secondsUntil(0, this.#all, this.#global);
  }

  #spendOf(origin: string, bytes: number): number {
    if (this.#perOrigin === undefined) return 0;
    const bucket = this.#spent(this.#origins.get(origin), bytes, this.#perOrigin);
    this.#origins.set(origin, bucket);
    return secondsUntil(0, bucket, this.#perOrigin);
  }

  /** Bytes that came can't be sent back: the bucket may be overdrawn, and who overdraws it waits. */
  #spent(bucket: Bucket | undefined, bytes: number, terms: BucketTerms): Bucket {
    const full = refilled(bucket, terms, this.#clock.now());
    return { ...full, tokens: full.tokens - bytes };
  }
}

function termsOf(bytesPerSecond: number | undefined): BucketTerms | undefined {
  if (bytesPerSecond === undefined) return undefined;
  return { capacity: bytesPerSecond * BURST_SECONDS, perSecond: bytesPerSecond };
}
