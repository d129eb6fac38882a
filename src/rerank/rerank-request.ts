import type { ModelIdentity } from '../model/start-generation.ts';
import type { TextLimits } from '../model/text-limits.ts';
import type { RequestTrace } from '../platform/tracing/request-trace.ts';
import type { Texts } from './cache-lookup.ts';
import type { RankedDocument } from './ranking.ts';

/** A rerank request, whatever dialect it was spoken in. */
export interface RerankRequest extends Texts {
  /** Keep only the best; undefined means all. */
  readonly topN: number | undefined;
  /** Logits instead of scores from 0 to 1. */
  readonly rawScores: boolean;
  /** How the client calls the model. */
  readonly model?: string | undefined;
  /** Undefined where texts are cut as usual. */
  readonly limits?: TextLimits | undefined;
}

/** Who waits for the answer, and how long. */
export interface Client {
  /** Aborts when it no longer waits. */
  readonly gone: AbortSignal;
  /** Undefined when it did not say. The server's own limit holds anyway. */
  readonly timeoutMs: number | undefined;
  /** What logs and traces call the request. */
  readonly trace?: RequestTrace | undefined;
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
  /** Documents that were scored on a part of their text or of the query. */
  readonly truncated: number;
  readonly timings: RerankTimings;
}
