import type { RaggedTokens } from '../engine/protocol.ts';

/** What a caller gets for the pairs that it submitted. */
export interface ScoredPairs {
  /** One logit a pair, in the order in which they were submitted. */
  readonly logits: Float32Array;
  /** From submission to the first batch. */
  readonly queueMs: number;
  /** From the first batch to the last score. */
  readonly inferenceMs: number;
}

/** Pairs that were submitted together: settled once, when the last of them has its score or the first one fails. */
export class Job {
  readonly scored: Promise<ScoredPairs>;
  readonly #tokens: RaggedTokens;
  readonly #offsets: Uint32Array;
  readonly #logits: Float32Array;
  readonly #submittedAt: number;
  readonly #settle = Promise.withResolvers<ScoredPairs>();
  #remaining: number;
  #firstBatchAt: number | undefined;
  #settled = false;

  constructor(tokens: RaggedTokens, now: number) {
    this.#tokens = tokens;
    this.#offsets = offsetsOf(tokens.lengths);
    this.#logits = new Float32Array(tokens.lengths.length);
    this.#remaining = tokens.lengths.length;
    this.#submittedAt = now;
    this.scored = this.#settle.promise;
  }

  get pairs(): number {
    return this.#logits.length;
  }

  /** True once there is an answer: whatever is still queued need not run. */
  get settled(): boolean {
    return this.#settled;
  }

  lengthOf(pair: number): number {
    return this.#tokens.lengths[pair] ?? 0;
  }

  tokensOf(pair: number): { ids: Int32Array; typeIds: Uint8Array } {
    const from = this.#offsets[pair] ?? 0;
    const to = from + this.lengthOf(pair);
    return { ids: this.#tokens.ids.subarray(from, to), typeIds: this.#tokens.typeIds.subarray(from, to) };
  }

  markRunning(now: number): void {
    this.#firstBatchAt ??= now;
  }

  score(pair: number, logit: number, now: number): void {
    if (this.#settled) return;
    this.#logits[pair] = logit;
    this.#remaining--;
    if (this.#remaining > 0) return;
    this.#settled = true;
    const firstBatchAt = this.#firstBatchAt ?? now;
    this.#settle.resolve({
      logits: this.#logits,
      queueMs: firstBatchAt - this.#submittedAt,
      inferenceMs: now - firstBatchAt,
    });
  }

  fail(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle.reject(error);
  }
}

function offsetsOf(lengths: Uint32Array): Uint32Array {
  const offsets = new Uint32Array(lengths.length);
  let offset = 0;
  for (const [pair, length] of lengths.entries()) {
    offsets[pair] = offset;
    offset += length;
  }
  return offsets;
}
