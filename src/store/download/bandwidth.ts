import { type Clock, delay } from '../../platform/clock.ts';
import { type Bucket, type BucketTerms, refilled, secondsUntil } from '../../platform/token-bucket.ts';

const BURST_SECONDS = 0.25;

export interface BandwidthLimits {
  readonly maxBytesPerSecond?: number | undefined;
  readonly maxBytesPerSecondPerOrigin?: number | undefined;
}

/** Has those who receive wait, so that all of them together, and those of one origin, stay under a limit. */
export class Bandwidth {
  readonly #clock: Clock;
  readonly #global: BucketTerms | undefined;
  readonly #perOrigin: BucketTerms | undefined;
  /** The one for all lies under no name. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: BandwidthLimits, clock: Clock) {
    this.#clock = clock;
    this.#global = termsOf(limits.maxBytesPerSecond);
    this.#perOrigin = termsOf(limits.maxBytesPerSecondPerOrigin);
  }

  /** Accounts for bytes that came, and resolves when the next ones may. Returns early when the signal aborts. */
  async take(origin: string, bytes: number, signal: AbortSignal): Promise<void> {
    const seconds = Math.max(
      this.#spend('', bytes, this.#global),
      this.#spend(origin, bytes, this.#perOrigin),
    );
    if (seconds > 0) await delay(this.#clock, seconds * 1000, signal);
  }

  /** Bytes that came can't be sent back: the bucket may be overdrawn, and who overdraws it waits. */
  #spend(name: string, bytes: number, terms: BucketTerms | undefined): number {
    if (terms === undefined) return 0;
    const full = refilled(this.#buckets.get(name), terms, this.#clock.now());
    const bucket = { ...full, tokens: full.tokens - bytes };
    this.#buckets.set(name, bucket);
    return secondsUntil(0, bucket, terms);
  }
}

function termsOf(bytesPerSecond: number | undefined): BucketTerms | undefined {
  if (bytesPerSecond === undefined) return undefined;
  return { capacity: bytesPerSecond * BURST_SECONDS, perSecond: bytesPerSecond };
}
