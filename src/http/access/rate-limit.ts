import type { Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { type Bucket, type BucketTerms, refilled, secondsUntil } from '../../platform/token-bucket.ts';

/** Callers that are remembered. The one who asked longest ago is forgotten first, and had most time to refill. */
const MOST_CALLERS = 10_000;

/** Whether a caller may go on, and what to tell it. */
export interface Allowance {
  readonly isAllowed: boolean;
  /** Requests a second. */
  readonly limit: number;
  /** Requests that would be answered right now. */
  readonly remaining: number;
  /** Until the next request makes sense; 0 while some remain. */
  readonly retryAfterSeconds: number;
  /** Until all of the allowance is back. */
  readonly resetSeconds: number;
}

/** So many requests a second for each caller, with bursts of one second's worth. */
export class RateLimit {
  readonly #terms: BucketTerms;
  readonly #clock: Clock;
  readonly #buckets = new LRUCache<string, Bucket>({ max: MOST_CALLERS });

  constructor(perSecond: number, clock: Clock) {
    this.#terms = { perSecond, capacity: Math.max(1, Math.floor(perSecond)) };
    this.#clock = clock;
  }

  take(caller: string): Allowance {
    const terms = this.#terms;
    const before = refilled(this.#buckets.get(caller), terms, this.#clock.now());
    const isAllowed = before.tokens >= 1;
    const bucket = isAllowed ? { ...before, tokens: before.tokens - 1 } : before;
    this.#buckets.set(caller, bucket);
    return {
      isAllowed,
      limit: terms.perSecond,
      remaining: Math.floor(bucket.tokens),
      retryAfterSeconds: secondsUntil(1, bucket, terms),
      resetSeconds: secondsUntil(terms.capacity, bucket, terms),
    };
  }
}

/**
 * `RateLimit-*` counts down in seconds (draft-ietf-httpapi-ratelimit-headers-07); `x-ratelimit-reset` is a Unix time, as GitHub
 * and the generated SDKs of Cohere and Voyage have it.
 */
export function describeAllowance(response: Response, allowance: Allowance, now: Date): void {
  const limit = String(allowance.limit);
  const remaining = String(allowance.remaining);
  const resetSeconds = Math.ceil(allowance.resetSeconds);
  response.set({
    'RateLimit-Limit': limit,
    'RateLimit-Remaining': remaining,
    'RateLimit-Reset': String(resetSeconds),
    'x-ratelimit-limit': limit,
    'x-ratelimit-remaining': remaining,
    'x-ratelimit-reset': String(Math.ceil(now.getTime() / 1000) + resetSeconds),
  });
}
