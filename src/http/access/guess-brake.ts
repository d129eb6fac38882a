import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { type Bucket, type BucketTerms, refilled, secondsUntil } from '../../platform/token-bucket.ts';

/** A client with a wrong key in its settings notices; a list of passwords takes years. */
const TERMS: BucketTerms = { capacity: 20, perSecond: 1 / 5 };

/** A program with an outdated key sends it again and again; several may share an address. */
const REMEMBERED_KEYS = 4;

/** So that what lies in memory says nothing about a key. */
const PEPPER = randomBytes(32);

/** A flood from ever other addresses must not fill the memory. */
const MOST_ADDRESSES = 10_000;

interface Attempts extends Bucket {
  /** Digests of the last wrong keys. */
  readonly keys: readonly string[];
}

/**
 * Slows down whoever tries keys. Each address may be wrong twenty times, and once every five seconds from then on. The same wrong key
 * again is no guess: a program with an outdated one must not lock out those beside it.
 *
 * While the brake holds, a right key is refused like a wrong one, or the guesser would learn it. The exception are keys
 * that were right from this address before: the clients behind one proxy share its address, and one of them with a
 * wrong key must not lock out the others.
 */
export class GuessBrake {
  readonly #clock: Clock;
  readonly #attempts = new LRUCache<string, Attempts>({ max: MOST_ADDRESSES });
  readonly #proven = new LRUCache<string, true>({ max: MOST_ADDRESSES });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds until this address may try again; undefined while it may. */
  waitSeconds(address: string): number | undefined {
    const bucket = refilled(this.#attempts.get(address), TERMS, this.#clock.now());
    return bucket.tokens >= 1 ? undefined : secondsUntil(1, bucket, TERMS);
  }

  /** @returns true for the failure that ends a first series: later ones, every five seconds, are no news. */
  failed(address: string, key: string): boolean {
    const known = this.#attempts.get(address);
    const bucket = refilled(known, TERMS, this.#clock.now());
    const digest = createHmac('sha256', PEPPER).update(key).digest('base64');
    const keys = known?.keys ?? [];
    if (keys.includes(digest)) return false;
    const tokens = bucket.tokens - 1;
    this.#attempts.set(address, { ...bucket, tokens, keys: [digest, ...keys].slice(0, REMEMBERED_KEYS) });
    return tokens < 1 && (known === undefined || known.tokens >= 1);
  }

  succeeded(address: string, keyId: string): void {
    this.#proven.set(`${address} ${keyId}`, true);
  }

  isProven(address: string, keyId: string): boolean {
    return this.#proven.get(`${address} ${keyId}`) === true;
  }
}
