import { Flow } from '../../batching/flow.ts';
import { ServiceError } from '../../errors.ts';
import type { ScoredRequest } from '../../model/score-pairs.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Current } from './candidate.ts';
import type { Probes } from './probes.ts';

export interface RecordingOptions {
  readonly clock: Clock;
  /** For all of it. A model under full load, or with engines that hang, must not hold an update up for ever. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called after every query. */
  readonly advance: () => void;
}

/**
 * What the model that serves answered to the probes. All are asked at once, as one flow: together they take a single turn among
 * those of the live requests, so that these wait no longer than for one more request.
 */
export class RecordedAnswers implements Current {
  readonly identity: Current['identity'];
  readonly maxLength: number;
  /** What it was asked. Live probes go on changing meanwhile. */
  readonly probes: Probes;
  readonly #answers: ReadonlyMap<string, ScoredRequest>;

  private constructor(model: Current, probes: Probes, answers: ReadonlyMap<string, ScoredRequest>) {
    this.probes = probes;
    this.identity = model.identity;
    this.maxLength = model.maxLength;
    this.#answers = answers;
  }

  /** @throws what the model's scoring throws; ServiceError timeout; the signal's reason. */
  static async of(model: Current, probes: Probes, options: RecordingOptions): Promise<RecordedAnswers> {
    const { clock, timeoutMs, signal, advance } = options;
    const enough = new AbortController();
    const either = AbortSignal.any([signal, enough.signal]);
    const limits = { maxLength: model.maxLength };
    const flow = new Flow();
    const asked = probes.set.map(async ({ query, documents }) => {
      const answer = await model.score(query, documents, limits, either, flow);
      advance();
      return [keyOf(query, documents), answer] as const;
    });
    const late = delay(clock, timeoutMs, either).then(() => {
      signal.throwIfAborted();
      throw new ServiceError('timeout', `it did not answer within ${timeoutMs / 1000} s`);
    });
    try {
      return new RecordedAnswers(model, probes, new Map(await Promise.race([Promise.all(asked), late])));
    } finally {
      enough.abort(new Error('the comparison was given up'));
      await Promise.allSettled([...asked, late]);
    }
  }

  score(query: string, documents: readonly string[]): Promise<ScoredRequest> {
    const answer = this.#answers.get(keyOf(query, documents));
    if (answer === undefined) return Promise.reject(new Error('it was not asked this'));
    return Promise.resolve(answer);
  }
}

function keyOf(query: string, documents: readonly string[]): string {
  return JSON.stringify([query, documents]);
}
