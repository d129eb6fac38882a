import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ModelIdentity } from '../model/start-generation.ts';
import type { Cut } from '../model/text-limits.ts';
import type { Metrics } from '../platform/metrics.ts';

/** What is known of a pair that was scored before. */
export interface CachedScore {
  readonly logit: number;
  /** After truncation. */
  readonly tokens: number;
  /** 0 if the pair fits; else which text was cut. */
  readonly truncated: number;
}

export interface ScoreCacheOptions {
  /** Memory that it may take; 0 turns it off. */
  readonly maxBytes: number;
  readonly metrics: Pick<Metrics, 'scoreCacheLookups' | 'scoreCacheEntries'>;
}

/** Measured: key, value and the places of both in maps and lists. */
const BYTES_PER_ENTRY = 220;

/** Scores of pairs that were asked for lately: applications ask the same things again. */
export class ScoreCache {
  readonly #options: ScoreCacheOptions;
  readonly #scores: LRUCache<string, CachedScore> | undefined;

  constructor(options: ScoreCacheOptions) {
    this.#options = options;
    const max = Math.floor(options.maxBytes / BYTES_PER_ENTRY);
    if (max > 0) this.#scores = new LRUCache({ max });
  }

  /**
   * Keys of pairs, by everything that a score depends on: the model's weights, the form in which it is computed, the lengths
   * to which texts are cut and how, and the texts. Undefined when the cache is off.
   * @param maxLength tokens a pair
   * @param query one for all documents, or one a document
   */
  keys(
    { digest, dtype, device }: ModelIdentity,
    maxLength: number,
    query: string | readonly string[],
    documents: readonly string[],
    cut?: Cut,
  ): string[] | undefined {
    if (this.#scores === undefined) return undefined;
    const way = cut === undefined ? [] : formOf(cut);
    const asked = (text: string): string =>
      hash('sha256', JSON.stringify([digest, dtype, device, maxLength, text, ...way]), 'base64');
    if (typeof query !== 'string')
      return documents.map((document, index) => keyOf(asked(query[index] ?? ''), document));
    const first = asked(query);
    return documents.map((document) => keyOf(first, document));
  }

  get(key: string): CachedScore | undefined {
    return this.#scores?.get(key);
  }

  /** Counts what a request found, once it has its answer. */
  count({ hits, misses }: { readonly hits: number; readonly misses: number }): void {
    const { scoreCacheLookups } = this.#options.metrics;
    scoreCacheLookups.inc({ result: 'hit' }, hits);
    scoreCacheLookups.inc({ result: 'miss' }, misses);
  }

  set(key: string, score: CachedScore): void {
    this.#scores?.set(key, score);
    this.#options.metrics.scoreCacheEntries.set(this.#scores?.size ?? 0);
  }
}

/** @param asked of a fixed length, so that no two pairs can read the same. */
function keyOf(asked: string, document: string): string {
  return hash('sha256', asked + document, 'base64');
}

/** A list, because the keys of an object may come in any order. */
function formOf({ documentTokens, keep, windows }: Cut): (number | string | null)[] {
  return [documentTokens ?? null, keep ?? null, windows?.max ?? null, windows?.overlap ?? null];
}
