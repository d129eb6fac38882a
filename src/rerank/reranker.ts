import type { Flow } from '../batching/flow.ts';
import { ServiceError } from '../errors.ts';
import type { Generation, ModelIdentity } from '../model/generation.ts';
import { sigmoid } from '../model/sigmoid.ts';
import type { Clock } from '../platform/clock.ts';
import { deadline } from '../platform/deadline.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { LiveTraffic } from '../serving/live/live-traffic.ts';
import type { Standby } from '../serving/probation/standby.ts';
import type { ModelSlot } from '../serving/slot/model-slot.ts';
import type { Admission } from './admission.ts';
import { type RankedDocument, rank } from './ranking.ts';
import type { ScoreCache } from './score-cache.ts';
import { scoreWithCache } from './score-with-cache.ts';
import type { TokenEstimate } from './token-estimate.ts';

/** A rerank request, whatever dialect it was spoken in. */
export interface RerankRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** Keep only the best; undefined means all. */
  readonly topN: number | undefined;
  /** Logits instead of scores from 0 to 1. */
  readonly rawScores: boolean;
}

/** Who waits for the answer, and how long. */
export interface Client {
  /** Aborts when it no longer waits. */
  readonly gone: AbortSignal;
  /** Undefined when it did not say. The server's own limit holds anyway. */
  readonly timeoutMs: number | undefined;
}

interface RerankTimings {
  readonly totalMs: number;
  readonly tokenizationMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
}

export interface RerankResult {
  /** The one model that scored every document. */
  readonly model: ModelIdentity;
  /** In the order of the request. */
  readonly scores: readonly number[];
  /** From the best to the worst, cut to topN. */
  readonly ranked: readonly RankedDocument[];
  /** Tokens of all pairs, after truncation. */
  readonly tokens: number;
  /** Documents that were too long and were cut. */
  readonly truncated: number;
  readonly timings: RerankTimings;
}

export interface RerankerOptions {
  readonly slot: ModelSlot<Generation>;
  readonly admission: Admission;
  readonly estimate: TokenEstimate;
  readonly cache: ScoreCache;
  readonly live: LiveTraffic;
  readonly standby: Pick<Standby, 'lease'>;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'tokenization' | 'queue' | 'inference' | 'documents' | 'answeredByStandby'>;
}

/** The walk of a request: admit, lease a model, score on it, rank. */
export class Reranker {
  readonly #options: RerankerOptions;

  constructor(options: RerankerOptions) {
    this.#options = options;
  }

  /**
   * @throws ServiceError unavailable, overloaded, timeout or internal.
   */
  async rerank(request: RerankRequest, client: Client): Promise<RerankResult> {
    const { slot, admission, estimate, clock, requestTimeoutMs } = this.#options;
    const startedAt = clock.now();
    const { query, documents } = request;
    const tokens = estimate.of(query, documents, slot.current?.maxLength ?? 0);
    const timeoutMs = Math.min(client.timeoutMs ?? Number.POSITIVE_INFINITY, requestTimeoutMs);
    const { flow, leave } = admission.enter({ tokens, timeoutMs });
    try {
      return await deadline(clock, timeoutMs, client.gone, async (signal) => {
        const lease = await slot.lease();
        try {
          return await this.#score(request, lease.model, { flow, startedAt }, signal);
        } catch (error) {
          return await this.#scoreOnStandby(request, lease.model, { flow, startedAt }, signal, error);
        } finally {
          lease.release();
        }
      });
    } finally {
      leave();
    }
  }

  /**
   * While a model is on probation, what it fails on is answered as a whole by the one before it.
   * @throws the failure when there is none, or when it is not the model's fault.
   */
  async #scoreOnStandby(
    request: RerankRequest,
    failed: Generation,
    turn: { readonly flow: Flow; readonly startedAt: number },
    signal: AbortSignal,
    failure: unknown,
  ): Promise<RerankResult> {
    const { live, standby, metrics } = this.#options;
    const isItsFault = failure instanceof ServiceError && failure.type === 'internal';
    // Claimed before it is told: the failure may be the one that makes an end of the probation.
    const lease = isItsFault ? standby.lease() : undefined;
    live.failed(failed, failure);
    if (lease === undefined) throw failure;
    try {
      const result = await this.#score(request, lease.model, turn, signal);
      metrics.answeredByStandby.inc();
      return result;
    } finally {
      lease.release();
    }
  }

  async #score(
    request: RerankRequest,
    generation: Generation,
    { flow, startedAt }: { readonly flow: Flow; readonly startedAt: number },
    signal: AbortSignal,
  ): Promise<RerankResult> {
    const { clock, metrics, estimate, cache, live } = this.#options;
    const { query, documents } = request;
    const { maxLength } = generation;
    const scored = await scoreWithCache(cache, generation, query, documents, flow, signal);
    estimate.learn(query, documents, maxLength, scored.computedTokens);
    const { logits, tokenizationMs, queueMs, inferenceMs } = scored;
    live.answered({ query, documents, generation, logits }, scored);
    assertFinite(logits, generation.identity);
    const scores = Array.from(logits, request.rawScores ? (logit) => logit : sigmoid);
    metrics.documents.observe(request.documents.length);
    metrics.tokenization.observe(tokenizationMs / 1000);
    metrics.queue.observe(queueMs / 1000);
    metrics.inference.observe(inferenceMs / 1000);
    return {
      model: generation.identity,
      scores,
      ranked: rank(logits, scores, request.topN),
      tokens: sum(scored.tokens),
      truncated: sum(scored.truncated),
      timings: { totalMs: clock.now() - startedAt, tokenizationMs, queueMs, inferenceMs },
    };
  }
}

function sum(values: Uint32Array | Uint8Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function assertFinite(logits: Float32Array, model: ModelIdentity): void {
  const index = logits.findIndex((logit) => !Number.isFinite(logit));
  if (index === -1) return;
  throw new ServiceError(
    'internal',
    `${model.reference} gave no usable score for the document at index ${index}`,
    {
      detail:
        'The score is not a finite number: the model is at fault, or its half-precision form overflows.',
    },
  );
}
