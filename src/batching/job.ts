import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Flow } from './flow.ts';

/** What a caller gets for the pairs that it submitted. */
export interface ScoredPairs {
  /** One logit a pair, in the order in which they were submitted. */
  readonly logits: Float32Array;
  /** From submission to the first batch. */
  readonly queueMs: number;
  /** From the first batch to the last score. */
  readonly inferenceMs: number;
  /** What these pairs took of the device, their share of batches that they ran in with others. See RunReply. */
  readonly computeMs: number;
}

/** Pairs that were submitted together: settled once, when the last of them has its score or the first one fails. */
export class Job {
  readonly scored: Promise<ScoredPairs>;
  readonly flow: Flow;
  readonly #logits: Float32Array;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #submittedAt: number;
  readonly #settle = Promise.withResolvers<ScoredPairs>();
  #remaining: number;
  #firstBatchAt: number | undefined;
  #computeMs = 0;
  #settled = false;

  /** @param flow the request that it is a part of. */
  constructor(pairs: number, flow: Flow, clock: Pick<Clock, 'now'>) {
    this.flow = flow;
    this.#clock = clock;
    this.#logits = new Float32Array(pairs);
    this.#remaining = pairs;
    this.#submittedAt = clock.now();
    this.scored = this.#settle.promise;
  }

  /** True once there is an answer: whatever is still queued need not run for it. */
  get settled(): boolean {
    return this.#settled;
  }

  markRunning(now: number): void {
    this.#firstBatchAt ??= now;
  }

  /** @param computeMs of this pair */
  score(pair: number, logit: number, computeMs: number, now: number): void {
    if (this.#settled) return;
    this.#computeMs += computeMs;
    this.#logits[pair] = logit;
    this.#remaining--;
    if (this.#remaining > 0) return;
    this.#settled = true;
    const firstBatchAt = this.#firstBatchAt ?? now;
    this.#recordTimes(firstBatchAt, now);
    this.#settle.resolve({
      logits: this.#logits,
      queueMs: firstBatchAt - this.#submittedAt,
      inferenceMs: now - firstBatchAt,
      computeMs: this.#computeMs,
    });
  }

  fail(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#recordTimes(this.#firstBatchAt, this.#clock.now(), failureOf(error));
    this.#settle.reject(error);
  }

  /** @param firstBatchAt undefined when it never ran */
  #recordTimes(firstBatchAt: number | undefined, to: number, failure?: string): void {
    const record = this.flow.trace?.record;
    if (record === undefined) return;
    const attributes = { 'rerankd.pairs': this.#logits.length };
    const from = this.#submittedAt;
    if (firstBatchAt === undefined) return record({ name: 'rerank.queue', from, to, attributes, failure });
    record({ name: 'rerank.queue', from, to: firstBatchAt, attributes });
    record({ name: 'rerank.inference', from: firstBatchAt, to, attributes, failure });
  }
}

/** By the closed list of error types where it is on it; what else a class is called. */
function failureOf(error: unknown): string {
  if (error instanceof ServiceError) return error.type;
  return error instanceof Error ? error.name : 'unknown';
}
