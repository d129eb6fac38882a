import { type Clock, delay } from '../../platform/clock.ts';

const BURST_MS = 250;

export interface BandwidthLimits {
  readonly maxBytesPerSecond?: number | undefined;
  readonly maxBytesPerSecondPerOrigin?: number | undefined;
}

/** Has those who receive wait, so that all of them together, and those of one origin, stay under a limit. */
export class Bandwidth {
  readonly #clock: Clock;
  readonly #limits: BandwidthLimits;
  readonly #global: TokenBucket | undefined;
  readonly #origins = new Map<string, TokenBucket>();

  constructor(limits: BandwidthLimits, clock: Clock) {
    this.#clock = clock;
    this.#limits = limits;
    this.#global = bucketOf(limits.maxBytesPerSecond);
  }

  /** Accounts for bytes that came, and resolves when the next ones may. Returns early when the signal aborts. */
  async take(origin: string, bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const waitMs = Math.max(
      this.#global?.take(bytes, now) ?? 0,
      this.#bucketFor(origin)?.take(bytes, now) ?? 0,
    );
    if (waitMs > 0) await delay(this.#clock, waitMs, signal);
  }

  #bucketFor(origin: string): TokenBucket | undefined {
    const known = this.#origins.get(origin);
    if (known) return known;
    const bucket = bucketOf(this.#limits.maxBytesPerSecondPerOrigin);
    if (bucket) this.#origins.set(origin, bucket);
    return bucket;
  }
}

/** A token bucket as the time at which it will be full again; it may be overdrawn, and who overdraws it waits. */
class TokenBucket {
  readonly #bytesPerMs: number;
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000;
  }

  /** @returns milliseconds to wait. */
  take(bytes: number, now: number): number {
    this.#fullAt = Math.max(this.#fullAt, now) + bytes / this.#bytesPerMs;
    return Math.max(0, this.#fullAt - now - BURST_MS);
  }
}

function bucketOf(bytesPerSecond: number | undefined): TokenBucket | undefined {
  return bytesPerSecond === undefined ? undefined : new TokenBucket(bytesPerSecond);
}
