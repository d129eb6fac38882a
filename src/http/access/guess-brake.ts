import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { type Bucket, type BucketTerms, refilled, secondsUntil } from '../../platform/token-bucket.ts';

/** A client with a wrong key in its settings notices; a list of passwords takes years. */
const TERMS: BucketTerms = { capacity: 20, perSecond: 1 / 5 };

/** Programs send an outdated key, or one of another service, again and again; many of them may share the address of a proxy. */
const REMEMBERED_KEYS = 32;

/** So that what lies in memory says nothing about a key. */
const PEPPER = randomBytes(32);

/** A flood from ever other addresses must not fill the memory. */
const MOST_ADDRESSES = 10_000;

interface Attempts extends Bucket {
  /** Digests of wrong keys, the one that came last first. */
  readonly keys: readonly string[];
}

/**
 * Slows down whoever tries keys. Each address may be wrong twenty times, and once every five seconds from then on. The same wrong key
 * again is no guess: a program with an outdated one, or with one of another service beside the right one, must not lock out those
 * beside it, nor itself.
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
    const others = known?.keys.filter((other) => other !== digest) ?? [];
    const keys = [digest, ...others].slice(0, REMEMBERED_KEYS);
    if (known !== undefined && others.length < known.keys.length) {
      // What is in use is not forgotten for what somebody tries beside it.
      this.#attempts.set(address, { ...known, keys });
      return false;
    }
    const tokens = bucket.tokens - 1;
    this.#attempts.set(address, { ...bucket, tokens, keys });
    return tokens < 1 && (known === undefined || known.tokens >= 1);
  }

  succeeded(address: string, keyId: string): void {
    this.#proven.set(`${address} ${keyId}`, true);
  }

  isProven(address: string, keyId: string): boolean {
    return this.#proven.get(`${address} ${keyId}`) === true;
  }
}
