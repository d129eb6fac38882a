import { ServiceError } from '../errors.ts';
import type { Generation, ModelIdentity } from '../model/generation.ts';
import type { Clock } from '../platform/clock.ts';
import { deadline } from '../platform/deadline.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { ModelSlot } from '../serving/model-slot.ts';
import { type Admission, estimateTokens } from './admission.ts';
import { type RankedDocument, rank, sigmoid } from './ranking.ts';

/** A rerank request, whatever dialect it was spoken in. */
export interface RerankRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** Keep only the best; undefined means all. */
  readonly topN: number | undefined;
  /** Logits instead of scores from 0 to 1. */
  readonly rawScores: boolean;
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
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'tokenization' | 'queue' | 'inference' | 'documents'>;
}

/** The walk of a request: admit, lease a model, score on it, rank. */
export class Reranker {
  readonly #options: RerankerOptions;

  constructor(options: RerankerOptions) {
    this.#options = options;
  }

  /**
   * @param gone aborts when the client no longer waits.
   * @throws ServiceError unavailable, overloaded, timeout or internal.
   */
  async rerank(request: RerankRequest, gone: AbortSignal): Promise<RerankResult> {
    const { slot, admission, clock, requestTimeoutMs } = this.#options;
    const startedAt = clock.now();
    const maxLength = slot.current?.maxLength ?? 0;
    const leave = admission.enter(estimateTokens(request.query, request.documents, maxLength));
    try {
      return await deadline(clock, requestTimeoutMs, gone, async (signal) => {
        const lease = await slot.lease();
        try {
          return await this.#score(request, lease.model, startedAt, signal);
        } finally {
          lease.release();
        }
      });
    } finally {
      leave();
    }
  }

  async #score(
    request: RerankRequest,
    generation: Generation,
    startedAt: number,
    signal: AbortSignal,
  ): Promise<RerankResult> {
    const { clock, metrics } = this.#options;
    const limits = { maxLength: generation.maxLength };
    const scored = await generation.score(request.query, request.documents, limits, signal);
    const { logits, tokens, truncated, tokenizationMs, queueMs, inferenceMs } = scored;
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
      tokens,
      truncated,
      timings: { totalMs: clock.now() - startedAt, tokenizationMs, queueMs, inferenceMs },
    };
  }
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
