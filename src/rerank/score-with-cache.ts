import type { Flow } from '../batching/flow.ts';
import type { Generation } from '../model/generation.ts';
import type { ScoredRequest } from '../model/score-pairs.ts';
import type { ScoreLimits } from '../model/text-limits.ts';
import type { CachedScore, ScoreCache } from './score-cache.ts';

const NOTHING_TO_WAIT_FOR = { tokenizationMs: 0, queueMs: 0, inferenceMs: 0, computeMs: 0 };

/** What a request got, and how many tokens were computed for it. */
export interface Scored extends ScoredRequest {
  readonly computedTokens: number;
}

/** Takes from the cache what is there, and has the model score the other documents. */
export async function scoreWithCache(
  cache: ScoreCache,
  generation: Generation,
  query: string,
  documents: readonly string[],
  flow: Flow,
  signal: AbortSignal,
  limits: ScoreLimits = { maxLength: generation.maxLength },
): Promise<Scored> {
  const compute = (texts: readonly string[]): Promise<ScoredRequest> =>
    generation.score(query, texts, limits, signal, flow);
  // Whether all texts fit is found out by the one who cuts them.
  const keys =
    limits.strict === true
      ? undefined
      : cache.keys(generation.identity, limits.maxLength, query, documents, limits.cut);
  if (keys === undefined) {
    const scored = await compute(documents);
    return { ...scored, computedTokens: sum(scored.tokens) };
  }
  const known = keys.map((key) => cache.get(key));
  const missing = [...documents.keys()].filter((index) => known[index] === undefined);
  if (missing.length === 0) return { ...assemble(known), ...NOTHING_TO_WAIT_FOR, computedTokens: 0 };
  const scored = await compute(missing.map((index) => documents[index] as string));
  for (const [at, index] of missing.entries()) {
    const score = {
      logit: scored.logits[at] as number,
      tokens: scored.tokens[at] as number,
      truncated: scored.truncated[at] as number,
    };
    known[index] = score;
    if (Number.isFinite(score.logit)) cache.set(keys[index] as string, score);
  }
  return { ...scored, ...assemble(known), computedTokens: sum(scored.tokens) };
}

function assemble(scores: readonly (CachedScore | undefined)[]) {
  return {
    logits: Float32Array.from(scores, (score) => score?.logit ?? Number.NaN),
    tokens: Uint32Array.from(scores, (score) => score?.tokens ?? 0),
    truncated: Uint8Array.from(scores, (score) => score?.truncated ?? 0),
  };
}

function sum(values: Uint32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
