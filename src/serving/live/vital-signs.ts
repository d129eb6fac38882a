import { Reservoir } from './reservoir.ts';

/** Requests whose figures are kept. */
const KEPT = 1_024;

/** Below so many documents a spread says nothing. */
const SPREAD_DOCUMENTS = 4;

/** What a scored request tells about the model's health. */
export interface AnsweredRequest {
  readonly logits: Float32Array;
  /** Computed for this request; 0 when all scores came from the cache. */
  readonly computedTokens: number;
  readonly computeMs: number;
}

/** How one generation does in live traffic. */
export class VitalSigns {
  /** Milliseconds of the device for one token. */
  readonly msPerToken = new Reservoir(KEPT);
  /** The difference between the largest and the smallest logit of a request. */
  readonly spreads = new Reservoir(KEPT);
  #answered = 0;
  #failed = 0;
  #notFinite = 0;

  /** Requests that got their scores. */
  get answered(): number {
    return this.#answered;
  }

  /** Requests that the model could not score. */
  get failed(): number {
    return this.#failed;
  }

  /** Requests with a score that is no number; they count as failed too. */
  get notFinite(): number {
    return this.#notFinite;
  }

  answer({ logits, computedTokens, computeMs }: AnsweredRequest): void {
    // Such a request fails, and is counted as failed then.
    if (!logits.every(Number.isFinite)) {
      this.#notFinite++;
      return;
    }
    this.#answered++;
    if (computedTokens > 0) this.msPerToken.add(computeMs / computedTokens);
    if (logits.length >= SPREAD_DOCUMENTS) this.spreads.add(Math.max(...logits) - Math.min(...logits));
  }

  fail(): void {
    this.#failed++;
  }
}
