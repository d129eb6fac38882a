import { ServiceError } from '../../errors.ts';
import { type AgreementLimits, breaches } from '../../model/agreement/limits.ts';
import type { Generation } from '../../model/generation.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { LiveRequest, LiveTraffic } from '../live/live-traffic.ts';
import type { ShadowTerms } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import { candidateFailure } from '../preparation/candidate-failure.ts';
import type { ModelSlot } from '../slot/model-slot.ts';
import type { ShadowCandidate } from './shadow-candidate.ts';
import { ShadowSample } from './shadow-sample.ts';

/** What a candidate is held against. */
export interface ShadowJudgement {
  readonly limits: Partial<AgreementLimits>;
  /** Score from 0 to 1 from which a document counts as relevant. */
  readonly threshold?: number | undefined;
  /** Lets it through whatever is found, but for scores that are no numbers. */
  readonly forced: boolean;
}

export interface ShadowOptions {
  readonly slot: ModelSlot<Generation>;
  readonly live: LiveTraffic;
  readonly shadowCandidate: ShadowCandidate;
  readonly clock: Clock;
}

/** How often it looks whether the processors are free. */
const BUSY_WAIT_MS = 25;

/** After so long, what there is must do. */
const MAX_MINUTES = 15;
const MAX_MS = MAX_MINUTES * 60_000;

/**
 * Has a candidate score a sample of the live requests, one document at a time and only while nothing live waits for an
 * engine. Live answers are neither changed nor delayed by more than one document takes.
 */
export class Shadow {
  readonly #options: ShadowOptions;

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  /** @throws ServiceError rejected_by_gate when the candidate is beyond the limits, invalid_model; the signal's reason. */
  async run(
    candidate: Generation,
    terms: ShadowTerms,
    { limits, threshold, forced }: ShadowJudgement,
    operation: Operation,
  ): Promise<void> {
    operation.enter('shadow');
    const { live, shadowCandidate, clock } = this.#options;
    const sample = new ShadowSample(terms, threshold);
    const ends = new Date(clock.date().getTime() + MAX_MS).toISOString();
    const tell = (): void => {
      const { report } = sample;
      operation.found({ shadow: { ...report, until: ends } });
      operation.advance(report.requests, report.requests_wanted, 'requests');
    };
    tell();
    const stop = live.observe((request) => sample.offer(request));
    const endLending = shadowCandidate.begin(candidate);
    try {
      await this.#score(candidate, sample, operation.signal, tell);
    } catch (error) {
      throw candidateFailure(error, operation.signal);
    } finally {
      stop();
      await endLending();
    }
    const { comparison, requests, requests_wanted: wanted } = sample.report;
    if (comparison === null) {
      operation.warn(
        `no live request came within ${MAX_MINUTES} minutes that the candidate could score: nothing was compared`,
      );
      return;
    }
    if (!sample.isComplete) {
      operation.warn(
        `only ${requests} of ${wanted} live requests were compared within ${MAX_MINUTES} minutes`,
      );
    }
    const beyond = breaches({ ...comparison, latencyRatio: 1 }, limits);
    if (beyond.length === 0) return;
    const problem = `on live requests ${beyond.join('; ')}`;
    if (forced && comparison.nonFinite.candidate === 0) {
      operation.warn(`let through by force: ${problem}`);
      return;
    }
    throw new ServiceError('rejected_by_gate', problem, {
      detail: 'The model that served before keeps serving.',
      report: sample.report,
    });
  }

  async #score(
    candidate: Generation,
    sample: ShadowSample,
    signal: AbortSignal,
    tell: () => void,
  ): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + MAX_MS;
    while (!sample.isComplete && clock.now() < until) {
      signal.throwIfAborted();
      const request = sample.next();
      if (request === undefined) await delay(clock, BUSY_WAIT_MS, signal);
      const logits = request && (await this.#scoreOne(candidate, request, until, signal));
      if (request === undefined || logits === undefined) continue;
      sample.add(request.logits, logits);
      tell();
    }
  }

  /** @returns undefined when the processors were not free until then. */
  async #scoreOne(
    candidate: Generation,
    { query, documents }: LiveRequest,
    until: number,
    signal: AbortSignal,
  ): Promise<Float32Array | undefined> {
    const { slot, clock } = this.#options;
    const logits = new Float32Array(documents.length);
    for (const [index, document] of documents.entries()) {
      while ((slot.current?.queuedPairs ?? 0) > 0) {
        if (signal.aborted || clock.now() >= until) return undefined;
        await delay(clock, BUSY_WAIT_MS, signal);
      }
      const limits = { maxLength: candidate.maxLength };
      const scored = await candidate.score(query, [document], limits, signal);
      logits[index] = scored.logits[0] ?? Number.NaN;
    }
    return logits;
  }
}
