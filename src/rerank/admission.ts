import { Flow, QUANTUM_TOKENS } from '../batching/flow.ts';
import { ServiceError } from '../errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RequestTrace } from '../platform/tracing/request-trace.ts';

export interface AdmissionOptions {
  /** Estimated tokens of all requests inside, together. */
  readonly maxTokens: number;
  /** Tokens that all engines together compute in a millisecond; undefined as long as nobody knows. */
  readonly tokensPerMs: () => number | undefined;
  /** How long a request will wait before it can begin at all, in milliseconds: a model is being changed. */
  readonly heldMs: () => number;
  readonly metrics: Pick<Metrics, 'admittedRequests' | 'admittedTokens' | 'refused'>;
}

/** What asks to be let in. */
export interface Applicant {
  /** Estimated, without what is known already. */
  readonly tokens: number;
  /** How long it would wait for its answer. */
  readonly timeoutMs: number;
  readonly trace?: RequestTrace | undefined;
}

/** A request that is inside. */
export interface Admitted {
  readonly flow: Flow;
  /** Gives the room back; to be called once. */
  readonly leave: () => void;
}

/** Lets whole requests in while there is room for their tokens and time for their answer, and tells the others when to come back. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #flows = new Set<Flow>();
  #inside = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * A request always gets in when nothing is left to compute of it, and when nothing else is inside: if it is too large or too hurried then, no later time is better.
   * @throws ServiceError overloaded with an estimate of when it would get in.
   */
  enter(applicant: Applicant): Admitted {
    this.#requirePatience(applicant);
    // Nothing to compute takes nobody's room or time.
    if (this.#flows.size > 0 && applicant.tokens > 0) {
      this.#requireRoom(applicant);
      this.#requireTime(applicant);
    }
    const flow = new Flow(applicant.tokens, applicant.trace);
    this.#flows.add(flow);
    this.#change(applicant.tokens);
    const leave = (): void => {
      this.#flows.delete(flow);
      this.#change(-applicant.tokens);
    };
    return { flow, leave };
  }

  #requirePatience({ timeoutMs }: Applicant): void {
    const heldMs = this.#options.heldMs();
    if (heldMs <= timeoutMs) return;
    this.#refuse('held', heldMs, {
      message: `the model is being changed, which takes about ${toSeconds(heldMs)} s more, and the request waits for ${toSeconds(timeoutMs)} s`,
      detail: 'Requests that wait longer are answered as soon as the new model serves.',
    });
  }

  #requireRoom({ tokens }: Applicant): void {
    const { maxTokens, tokensPerMs } = this.#options;
    const excess = this.#inside + tokens - maxTokens;
    if (excess <= 0) return;
    this.#refuse('queue_full', excess / (tokensPerMs() ?? Number.POSITIVE_INFINITY), {
      message: 'the server is busy: too many tokens are waiting already',
      detail: `${this.#inside} tokens inside, ${tokens} asked for, ${maxTokens} allowed (RERANK_MAX_QUEUE_TOKENS).`,
    });
  }

  #requireTime(applicant: Applicant): void {
    const rate = this.#options.tokensPerMs();
    if (rate === undefined) return;
    const estimateMs = this.#options.heldMs() + this.#tokensUntilDone(applicant.tokens) / rate;
    const lateMs = estimateMs - applicant.timeoutMs;
    if (lateMs <= 0) return;
    const emptyMs = this.#remaining() / rate;
    this.#refuse('deadline', Math.min(lateMs, emptyMs), {
      message: `the server is busy: the answer would take about ${toSeconds(estimateMs)} s, and the request waits for ${toSeconds(applicant.timeoutMs)} s`,
      detail:
        'Its limit is timeout_ms in the body, the header X-Request-Timeout, or RERANK_REQUEST_TIMEOUT_MS, whichever is given first.',
    });
  }

  /**
   * Tokens that engines compute before a request is done: its own and, of every other one, what gets its turn meanwhile, that
   * is the turn that is being served and as many further ones as its own tokens take.
   */
  #tokensUntilDone(own: number): number {
    let tokens = own;
    for (const { remaining } of this.#flows) tokens += Math.min(remaining, own + 2 * QUANTUM_TOKENS);
    return tokens;
  }

  #remaining(): number {
    let tokens = 0;
    for (const { remaining } of this.#flows) tokens += remaining;
    return tokens;
  }

  #refuse(
    reason: 'queue_full' | 'deadline' | 'held',
    waitMs: number,
    error: { message: string; detail: string },
  ): never {
    this.#options.metrics.refused.inc({ reason });
    throw new ServiceError('overloaded', error.message, {
      detail: error.detail,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  }

  #change(tokens: number): void {
    this.#inside += tokens;
    this.#options.metrics.admittedTokens.set(this.#inside);
    this.#options.metrics.admittedRequests.set(this.#flows.size);
  }
}

function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 10_000 ? 1 : 0);
}
