import { ServiceError } from '../../errors.ts';
import { type AgreementLimits, breaches } from '../../model/agreement/limits.ts';
import type { Generation } from '../../model/generation.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { LiveRequest, LiveTraffic } from '../live/live-traffic.ts';
import type { ModelSlot } from '../slot/model-slot.ts';
import type { ShadowTerms } from '../update/change-request.ts';
import type { Operation } from '../update/operation.ts';
import { ShadowSample } from './shadow-sample.ts';

export interface ShadowOptions {
  readonly slot: ModelSlot<Generation>;
  readonly live: LiveTraffic;
  readonly clock: Clock;
}

/** How often it looks whether the processors are free. */
const BUSY_WAIT_MS = 25;

/** After so long, what there is must do. */
const MAX_MS = 15 * 60_000;

/**
 * Has a candidate score a sample of the live requests, one document at a time and only while nothing live waits for an
 * engine. Live answers are neither changed nor delayed by more than one document takes.
 */
export class Shadow {
  readonly #options: ShadowOptions;

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  /** @throws ServiceError rejected_by_gate when the candidate is beyond the limits; the signal's reason. */
  async run(
    candidate: Generation,
    terms: ShadowTerms,
    { limits, forced }: { readonly limits: Partial<AgreementLimits>; readonly forced: boolean },
    operation: Operation,
  ): Promise<void> {
    operation.enter('shadow');
    const { live } = this.#options;
    const sample = new ShadowSample(terms);
    const stop = live.observe((request) => sample.offer(request));
    try {
      await this.#score(candidate, sample, operation);
    } finally {
      stop();
    }
    const { comparison } = sample.report;
    if (comparison === null) {
      operation.warn('no live request came that the candidate could score: nothing was compared');
      return;
    }
    const beyond = breaches({ ...comparison, latencyRatio: 1 }, limits);
    if (beyond.length === 0 || forced) return;
    throw new ServiceError('rejected_by_gate', `on live requests ${beyond.join('; ')}`, {
      detail: 'The model that served before keeps serving.',
      report: sample.report,
    });
  }

  async #score(candidate: Generation, sample: ShadowSample, operation: Operation): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + MAX_MS;
    while (!sample.isComplete && clock.now() < until) {
      operation.signal.throwIfAborted();
      const request = sample.next();
      if (request === undefined) await delay(clock, BUSY_WAIT_MS, operation.signal);
      else {
        sample.add(request.logits, await this.#scoreOne(candidate, request, operation.signal));
        operation.found({ shadow: sample.report });
        operation.advance(sample.report.requests, sample.report.requests_wanted, 'requests');
      }
    }
  }

  async #scoreOne(candidate: Generation, request: LiveRequest, signal: AbortSignal): Promise<Float32Array> {
    const { slot, clock } = this.#options;
    const { query, documents } = request;
    const logits = new Float32Array(documents.length);
    for (const [index, document] of documents.entries()) {
      while ((slot.current?.queuedPairs ?? 0) > 0 && !signal.aborted)
        await delay(clock, BUSY_WAIT_MS, signal);
      const limits = { maxLength: candidate.maxLength };
      const scored = await candidate.score(query, [document], limits, signal);
      logits[index] = scored.logits[0] ?? Number.NaN;
    }
    return logits;
  }
}
