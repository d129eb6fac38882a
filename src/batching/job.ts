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
  readonly #submittedAt: number;
  readonly #settle = Promise.withResolvers<ScoredPairs>();
  #remaining: number;
  #firstBatchAt: number | undefined;
  #computeMs = 0;
  #settled = false;

  /** @param flow the request that it is a part of. */
  constructor(pairs: number, flow: Flow, now: number) {
    this.flow = flow;
    this.#logits = new Float32Array(pairs);
    this.#remaining = pairs;
    this.#submittedAt = now;
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
    this.#settle.reject(error);
  }
}
