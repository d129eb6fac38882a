import type { Generation } from '../../src/model/generation.ts';
import { Admission } from '../../src/rerank/admission.ts';
import { ModelNames } from '../../src/rerank/model-names.ts';
import { Reranker } from '../../src/rerank/reranker.ts';
import { ScoreCache } from '../../src/rerank/score-cache.ts';
import { TokenEstimate } from '../../src/rerank/token-estimate.ts';
import { LiveTraffic } from '../../src/serving/live/live-traffic.ts';
import { ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { ManualClock } from './manual-clock.ts';
import { someMetrics } from './some-metrics.ts';

export interface RerankerTerms {
  /** Estimated tokens of all requests inside, together. */
  readonly maxTokens?: number;
  /** Of the score cache; 0 turns it off. */
  readonly cacheBytes?: number;
}

/** The walk of a request over a slot with one model, without processes. */
export async function rerankerOver(
  model: Generation,
  { maxTokens = 1e6, cacheBytes = 0 }: RerankerTerms = {},
) {
  const clock = new ManualClock();
  const metrics = someMetrics();
  const slot = new ModelSlot<Generation>(clock);
  await slot.swap(model);
  const live = new LiveTraffic();
  const reranker = new Reranker({
    slot,
    admission: new Admission({ maxTokens, tokensPerMs: () => undefined, heldMs: () => 0, metrics }),
    estimate: new TokenEstimate(),
    cache: new ScoreCache({ maxBytes: cacheBytes, metrics }),
    names: new ModelNames({ aliases: [], strict: true }),
    maxPairs: 100,
    live,
    standby: { lease: () => undefined },
    requestTimeoutMs: 1_000,
    clock,
    metrics,
  });
  return { reranker, slot, live };
}
