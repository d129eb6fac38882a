import type { Generation } from '../model/generation.ts';
import type { ScoredRequest } from '../model/score-pairs.ts';
import type { ScoreLimits } from '../model/text-limits.ts';
import type { CachedScore, ScoreCache } from './score-cache.ts';
import type { Work } from './token-estimate.ts';

/** What a request asks to have scored. */
export interface Texts {
  /** One for all documents, or one a document. */
  readonly query: string | readonly string[];
  readonly documents: readonly string[];
}

/** What a request got, and how many tokens were computed for it. */
export interface Scored extends ScoredRequest {
  readonly computedTokens: number;
}

const NOTHING_COMPUTED: ScoredRequest = {
  logits: new Float32Array(),
  tokens: new Uint32Array(),
  truncated: new Uint8Array(),
  tokenizationMs: 0,
  queueMs: 0,
  inferenceMs: 0,
  computeMs: 0,
};

/**
 * What the score cache knows of a request on one model. Looked up before the request is admitted, so that admission counts what there
 * is to compute and nothing else: a guess from the share of hits of late would let a burst of new texts in for nothing.
 */
export class CacheLookup {
  readonly generation: Generation;
  readonly limits: ScoreLimits;
  /** What is left to compute. */
  readonly left: Texts;
  readonly #cache: ScoreCache;
  /** Undefined where nothing is kept. */
  readonly #keys: readonly string[] | undefined;
  readonly #known: readonly (CachedScore | undefined)[];
  readonly #missing: readonly number[];

  constructor(cache: ScoreCache, generation: Generation, texts: Texts, limits: ScoreLimits) {
    const { query, documents } = texts;
    this.generation = generation;
    this.limits = limits;
    this.#cache = cache;
    // Whether all texts fit is found out by the one who cuts them.
    this.#keys =
      limits.strict === true
        ? undefined
        : cache.keys(generation.identity, limits.maxLength, query, documents, limits.cut);
    this.#known = this.#keys?.map((key) => cache.get(key)) ?? [];
    this.#missing = [...documents.keys()].filter((index) => this.#known[index] === undefined);
    this.left = this.#missing.length === documents.length ? texts : partOf(texts, this.#missing);
  }

  /** As the estimate takes it. */
  get work(): Work {
    return { ...this.left, ...this.limits };
  }

  /**
   * Puts what was known and what was computed in their places, and keeps what is new.
   * @param computed of `left`, in its order; by default nothing was left
   */
  complete(computed: ScoredRequest = NOTHING_COMPUTED): Scored {
    const computedTokens = computed.tokens.reduce((total, tokens) => total + tokens, 0);
    if (this.#keys === undefined) return { ...computed, computedTokens };
    const misses = this.#missing.length;
    this.#cache.count({ hits: this.#keys.length - misses, misses });
    const scores = [...this.#known];
    for (const [at, index] of this.#missing.entries()) {
      const score = {
        logit: computed.logits[at] as number,
        tokens: computed.tokens[at] as number,
        truncated: computed.truncated[at] as number,
      };
      scores[index] = score;
      if (Number.isFinite(score.logit)) this.#cache.set(this.#keys[index] as string, score);
    }
    return { ...computed, ...assemble(scores), computedTokens };
  }
}

function partOf({ query, documents }: Texts, indexes: readonly number[]): Texts {
  const at = (texts: readonly string[]): string[] => indexes.map((index) => texts[index] ?? '');
  return { query: typeof query === 'string' ? query : at(query), documents: at(documents) };
}

function assemble(scores: readonly (CachedScore | undefined)[]) {
  return {
    logits: Float32Array.from(scores, (score) => score?.logit ?? Number.NaN),
    tokens: Uint32Array.from(scores, (score) => score?.tokens ?? 0),
    truncated: Uint8Array.from(scores, (score) => score?.truncated ?? 0),
  };
}
