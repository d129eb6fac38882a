import type { Flow } from '../batching/flow.ts';
import { ServiceError } from '../errors.ts';
import type { Generation } from '../model/generation.ts';
import { PairBudget } from '../model/pair-budget.ts';
import { sigmoid } from '../model/sigmoid.ts';
import type { ModelIdentity } from '../model/start-generation.ts';
import { limitsOn, type ScoreLimits } from '../model/text-limits.ts';
import type { Clock } from '../platform/clock.ts';
import { deadline } from '../platform/deadline.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RequestTrace, SpanAttributes } from '../platform/tracing/request-trace.ts';
import type { LiveTraffic } from '../serving/live/live-traffic.ts';
import { isFaultOf } from '../serving/live/model-fault.ts';
import type { Standby } from '../serving/probation/standby.ts';
import type { ModelSlot } from '../serving/slot/model-slot.ts';
import type { Admission } from './admission.ts';
import { CacheLookup, type Scored } from './cache-lookup.ts';
import type { ModelNames } from './model-names.ts';
import { rank } from './ranking.ts';
import type { Client, RerankRequest, RerankResult } from './rerank-request.ts';
import type { ScoreCache } from './score-cache.ts';
import { scoreEach } from './score-each.ts';
import type { TokenEstimate, Work } from './token-estimate.ts';

export interface RerankerOptions {
  readonly slot: ModelSlot<Generation>;
  readonly admission: Admission;
  readonly estimate: TokenEstimate;
  readonly cache: ScoreCache;
  readonly names: ModelNames;
  /** The most pairs that windows may make of one request. */
  readonly maxPairs: number;
  readonly live: LiveTraffic;
  readonly standby: Pick<Standby, 'lease'>;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly metrics: Pick<
    Metrics,
    'tokenization' | 'queue' | 'inference' | 'documents' | 'answeredByStandby' | 'tei'
  >;
  /** Writes the texts of a request down, where the operator asked for that. */
  readonly logTexts?: ((request: RerankRequest, trace: RequestTrace | undefined) => void) | undefined;
}

/** A request on its way. */
interface Walk {
  readonly flow: Flow;
  readonly startedAt: number;
  /** On the model that served when it came; undefined while none did. */
  readonly lookup: CacheLookup | undefined;
}

/** The walk of a request: look it up, admit what is left, lease a model, score on it, rank. */
export class Reranker {
  readonly #options: RerankerOptions;

  constructor(options: RerankerOptions) {
    this.#options = options;
  }

  /**
   * @throws ServiceError unavailable, overloaded, timeout or internal; model_not_found, input_too_long or payload_too_large where
   * the request asks for it.
   */
  async rerank(request: RerankRequest, client: Client): Promise<RerankResult> {
    const { slot, admission, estimate, names, clock, requestTimeoutMs, metrics, logTexts } = this.#options;
    const startedAt = clock.now();
    const { trace } = client;
    logTexts?.(request, trace);
    const lookup = this.#lookUpOnCurrent(request);
    const tokens = estimate.of(lookup?.work ?? this.#wholeWork(request));
    const timeoutMs = Math.min(client.timeoutMs ?? Number.POSITIVE_INFINITY, requestTimeoutMs);
    const { flow, leave } = admission.enter({ tokens, timeoutMs, trace });
    metrics.tei?.asked(request.documents.length);
    const walk: Walk = { flow, startedAt, lookup };
    try {
      return await deadline(clock, timeoutMs, client.gone, async (signal) => {
        const heldFrom = slot.isHeld ? clock.now() : undefined;
        const lease = await slot.lease();
        if (heldFrom !== undefined) trace?.record?.({ name: 'rerank.hold', from: heldFrom, to: clock.now() });
        try {
          names.require(request.model, lease.model.identity);
          return await this.#score(request, lease.model, walk, signal);
        } catch (error) {
          return await this.#scoreOnStandby(request, lease.model, walk, signal, error);
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
    walk: Walk,
    signal: AbortSignal,
    failure: unknown,
  ): Promise<RerankResult> {
    const { live, standby, metrics } = this.#options;
    // Claimed before it is told: the failure may be the one that makes an end of the probation.
    const lease = isFaultOf(failed, failure) ? standby.lease() : undefined;
    live.failed(failed, failure);
    if (lease === undefined) throw failure;
    try {
      const result = await this.#score(request, lease.model, walk, signal);
      metrics.answeredByStandby.inc();
      return result;
    } finally {
      lease.release();
    }
  }

  async #score(
    request: RerankRequest,
    generation: Generation,
    { flow, startedAt, lookup: before }: Walk,
    signal: AbortSignal,
  ): Promise<RerankResult> {
    const { clock, metrics, estimate } = this.#options;
    // The model may have changed while the request waited.
    const lookup = before?.generation === generation ? before : this.#lookUp(request, generation);
    const scored = await this.#complete(lookup, flow, signal);
    estimate.learn(lookup.work, scored.computedTokens);
    const { logits, tokenizationMs, queueMs, inferenceMs } = scored;
    this.#tellLive(request, generation, lookup.limits, scored);
    assertFinite(logits, generation.identity);
    const scores = Array.from(logits, request.rawScores ? (logit) => logit : sigmoid);
    metrics.documents.observe(request.documents.length);
    metrics.tokenization.observe(tokenizationMs / 1000);
    metrics.queue.observe(queueMs / 1000);
    metrics.inference.observe(inferenceMs / 1000);
    const result = {
      model: generation.identity,
      scores,
      ranked: rank(logits, scores, request.topN),
      tokens: sum(scored.tokens),
      truncated: scored.truncated.reduce((count, marks) => count + Math.min(marks, 1), 0),
      timings: { totalMs: clock.now() - startedAt, tokenizationMs, queueMs, inferenceMs },
    };
    metrics.tei?.answered(scored.tokens, result.timings);
    flow.trace?.describe?.(factsOf(result));
    return result;
  }

  /** @returns undefined while no model serves: whatever comes next will have it all to compute. */
  #lookUpOnCurrent(request: RerankRequest): CacheLookup | undefined {
    const { slot } = this.#options;
    return slot.isHeld || slot.current === undefined ? undefined : this.#lookUp(request, slot.current);
  }

  /** By the limits of the model that served last. */
  #wholeWork({ query, documents, limits }: RerankRequest): Work {
    return { query, documents, ...limitsOn(this.#options.slot.current?.maxLength ?? 0, limits) };
  }

  #lookUp(request: RerankRequest, generation: Generation): CacheLookup {
    const limits = limitsOn(generation.maxLength, request.limits);
    return new CacheLookup(this.#options.cache, generation, request, limits);
  }

  async #complete(lookup: CacheLookup, flow: Flow, signal: AbortSignal): Promise<Scored> {
    const { generation, left } = lookup;
    const { query, documents } = left;
    if (documents.length === 0) return lookup.complete();
    const limits = { ...lookup.limits, budget: new PairBudget(this.#options.maxPairs) };
    const scored =
      typeof query === 'string'
        ? await generation.score(query, documents, limits, signal, flow)
        : await scoreEach(query, documents, signal, (each, texts, either) =>
            generation.score(each, texts, limits, either, flow),
          );
    return lookup.complete(scored);
  }

  /** Those who look at live requests ask other models the same, in the usual way: they only see what was asked so. */
  #tellLive(
    { query, documents }: RerankRequest,
    generation: Generation,
    { maxLength, cut }: ScoreLimits,
    scored: Scored,
  ): void {
    const isUsual = maxLength === generation.maxLength && cut === undefined;
    const { logits } = scored;
    if (isUsual && typeof query === 'string') {
      this.#options.live.answered({ query, documents, generation, logits }, scored);
    } else {
      this.#options.live.answeredUnseen(generation, scored);
    }
  }
}

/** What a trace tells of an answer: which model gave it, and how much there was to do. */
function factsOf({ model, scores, tokens, truncated }: RerankResult): SpanAttributes {
  return {
    'rerankd.model': model.reference,
    'rerankd.model.digest': model.digest,
    'rerankd.model.generation': model.generation,
    'rerankd.documents': scores.length,
    'rerankd.documents.truncated': truncated,
    'rerankd.tokens': tokens,
  };
}

function sum(values: Uint32Array): number {
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
