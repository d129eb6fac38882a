import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';

export interface AdmissionOptions {
  /** Estimated tokens of all requests inside, together. */
  readonly maxTokens: number;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'admittedTokens' | 'refused'>;
}

/** Characters that make a token: about 4 in the Latin script, 1 to 2 in the Chinese one. */
const CHARACTERS_PER_TOKEN = 3;

const LONGEST_RETRY_SECONDS = 60;

/** How fast an old measurement of the throughput is forgotten. */
const SMOOTHING = 0.1;

/** Estimated tokens of a request, before anything is tokenized. */
export function estimateTokens(query: string, documents: readonly string[], maxLength: number): number {
  let tokens = 0;
  for (const document of documents) {
    tokens += Math.min(maxLength, Math.ceil((query.length + document.length) / CHARACTERS_PER_TOKEN) + 4);
  }
  return tokens;
}

/** Lets whole requests in while there is room for their tokens, and tells the others when to come back. */
export class Admission {
  readonly #options: AdmissionOptions;
  #inside = 0;
  #tokensPerMs: number | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * A request larger than the whole bound gets in when nothing else is inside: it could never get in otherwise.
   * @returns a function that gives the room back; it must be called once.
   * @throws ServiceError overloaded with an estimate of when there is room.
   */
  enter(tokens: number): () => void {
    const { maxTokens, clock, metrics } = this.#options;
    if (this.#inside > 0 && this.#inside + tokens > maxTokens) {
      metrics.refused.inc();
      throw new ServiceError('overloaded', 'the server is busy: too many tokens are waiting already', {
        detail: `${this.#inside} tokens inside, ${tokens} asked for, ${maxTokens} allowed (RERANK_MAX_QUEUE_TOKENS).`,
        retryAfterSeconds: this.#secondsUntilRoom(this.#inside + tokens - maxTokens),
      });
    }
    const enteredAt = clock.now();
    const ahead = this.#inside + tokens;
    this.#change(tokens);
    return () => {
      this.#change(-tokens);
      this.#learn(ahead, clock.now() - enteredAt);
    };
  }

  #change(tokens: number): void {
    this.#inside += tokens;
    this.#options.metrics.admittedTokens.set(this.#inside);
  }

  /** A request that found `ahead` tokens and took so long saw the server work at about that rate. */
  #learn(ahead: number, elapsedMs: number): void {
    const rate = ahead / Math.max(1, elapsedMs);
    this.#tokensPerMs =
      this.#tokensPerMs === undefined ? rate : this.#tokensPerMs + SMOOTHING * (rate - this.#tokensPerMs);
  }

  #secondsUntilRoom(tokens: number): number {
    const seconds = this.#tokensPerMs === undefined ? 1 : tokens / this.#tokensPerMs / 1000;
    return Math.min(LONGEST_RETRY_SECONDS, Math.max(1, Math.ceil(seconds)));
  }
}
