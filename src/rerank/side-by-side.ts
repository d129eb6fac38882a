import { Flow } from '../batching/flow.ts';
import { ServiceError } from '../errors.ts';
import { queryAgreement } from '../model/agreement/query-agreement.ts';
import type { Generation } from '../model/generation.ts';
import { sigmoid } from '../model/sigmoid.ts';
import type { ModelIdentity } from '../model/start-generation.ts';
import type { Clock } from '../platform/clock.ts';
import { deadline } from '../platform/deadline.ts';
import type { Lease } from '../serving/slot/leased.ts';
import type { ModelSlot } from '../serving/slot/model-slot.ts';
import type { Admission } from './admission.ts';
import { rank } from './ranking.ts';
import type { TokenEstimate } from './token-estimate.ts';

/** `standby` served before, `candidate` may serve next. */
export type Role = 'current' | 'standby' | 'candidate';

/** What one of two models makes of a request. */
export interface SideAnswer {
  readonly role: Role;
  readonly model: ModelIdentity;
  /** In the order of the request. */
  readonly logits: readonly number[];
  readonly scores: readonly number[];
  /** Indices of the documents, from the best to the worst. */
  readonly order: readonly number[];
  readonly tokens: number;
  readonly truncated: number;
  readonly tokenizationMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
}

export interface SideBySideResult {
  readonly current: SideAnswer;
  readonly other: SideAnswer;
  /** Kendall's tau-b, from -1 to 1. */
  readonly kendallTau: number;
  readonly sameBest: boolean;
}

interface Lender {
  lease(): Lease<Generation> | undefined;
}

export interface SideBySideOptions {
  readonly slot: ModelSlot<Generation>;
  readonly standby: Lender;
  readonly shadowCandidate: Lender;
  readonly admission: Admission;
  readonly estimate: TokenEstimate;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
}

/** A second model waits for the end of a comparison before it may end. */
const MAX_MS = 10_000;

/**
 * Scores the same texts on the model that serves and on the one that is loaded beside it. Admitted like a request of twice
 * the size; counted neither as live traffic nor for the probation, and the score cache is left alone.
 */
export class SideBySide {
  readonly #options: SideBySideOptions;

  constructor(options: SideBySideOptions) {
    this.#options = options;
  }

  /**
   * @param gone aborts when nobody waits for the answer any more.
   * @throws ServiceError not_found while only one model is loaded; unavailable, overloaded, timeout or internal.
   */
  async compare(query: string, documents: readonly string[], gone: AbortSignal): Promise<SideBySideResult> {
    const { slot, admission, estimate, clock } = this.#options;
    const timeoutMs = Math.min(this.#options.requestTimeoutMs, MAX_MS);
    const tokens = estimate.of({ query, documents, maxLength: slot.current?.maxLength ?? 0 });
    const { flow, leave } = admission.enter({ tokens: 2 * tokens, timeoutMs });
    try {
      return await deadline(clock, timeoutMs, gone, async (signal) => {
        const second = this.#second();
        const first = await slot.lease().catch((error) => {
          second.lease.release();
          throw error;
        });
        // Each model is given back when its own scoring has ended, whatever becomes of the other one.
        const ask = (role: Role, lease: Lease<Generation>, turn: Flow) =>
          answer({ role, model: lease.model, flow: turn }, query, documents, signal).finally(() =>
            lease.release(),
          );
        const [current, other] = await Promise.all([
          ask('current', first, flow),
          ask(second.role, second.lease, new Flow(tokens)),
        ]);
        return { current, other, ...agreement(other, current) };
      });
    } finally {
      leave();
    }
  }

  #second(): { readonly role: Role; readonly lease: Lease<Generation> } {
    const candidate = this.#options.shadowCandidate.lease();
    if (candidate !== undefined) return { role: 'candidate', lease: candidate };
    const standby = this.#options.standby.lease();
    if (standby !== undefined) return { role: 'standby', lease: standby };
    throw new ServiceError('not_found', 'there is no second model to compare with', {
      detail:
        'One is loaded while a new model is on probation, and while an update scores live requests ("shadow").',
    });
  }
}

async function answer(
  { role, model, flow }: { role: Role; model: Generation; flow: Flow },
  query: string,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<SideAnswer> {
  const limits = { maxLength: model.maxLength };
  const { logits, tokens, truncated, tokenizationMs, queueMs, inferenceMs } = await model.score(
    query,
    documents,
    limits,
    signal,
    flow,
  );
  const scores = Array.from(logits, sigmoid);
  return {
    role,
    model: model.identity,
    logits: Array.from(logits),
    scores,
    order: rank(logits, scores, undefined).map(({ index }) => index),
    tokens: tokens.reduce((sum, count) => sum + count, 0),
    truncated: truncated.reduce((count, marks) => count + Math.min(marks, 1), 0),
    tokenizationMs,
    queueMs,
    inferenceMs,
  };
}

function agreement(reference: SideAnswer, candidate: SideAnswer) {
  const [a, b] = [reference, candidate].map(({ logits }) => Float32Array.from(logits));
  const { kendallTau, sameBest } = queryAgreement(a as Float32Array, b as Float32Array, 1);
  return { kendallTau, sameBest };
}
