import { messageOf } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { LiveTraffic } from '../live/live-traffic.ts';
import type { ProbationTerms } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { ProbationReport } from '../operation/probation-report.ts';
import { breach } from './breach.ts';
import type { Standby } from './standby.ts';

export interface ProbationOptions {
  readonly live: LiveTraffic;
  readonly standby: Standby;
  readonly configured: ProbationTerms;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'probations'>;
  /** Takes the model back; rejects where it has to serve on. */
  readonly onBreach: (bad: Generation, reason: string) => Promise<void>;
}

interface Candidate {
  readonly generation: Generation;
  readonly before: Generation;
  readonly terms: ProbationTerms;
  readonly operation: Operation;
  readonly since: number;
  readonly expectedSlowdown: number;
  readonly stop: () => void;
}

/** Looking at every request would sort a thousand figures for each. */
const LOOK_EVERY = 16;

const MS_PER_SECOND = 1000;

/** Watches a new model in live traffic, with the old one at hand, and has it taken back when it does badly. */
export class Probation {
  readonly #options: ProbationOptions;
  #candidate: Candidate | undefined;
  #report: ProbationReport | undefined;

  constructor(options: ProbationOptions) {
    this.#options = options;
  }

  /** Of the model that serves, or of the one before it while nothing else has happened. One that is being taken back counts as running. */
  get report(): ProbationReport | undefined {
    return this.#candidate === undefined ? this.#report : this.#describe(this.#candidate, 'running', null);
  }

  /** What holds for an update; undefined when it is not watched. */
  terms(asked: Partial<ProbationTerms> | undefined): ProbationTerms | undefined {
    const terms = { ...this.#options.configured, ...asked };
    return terms.requests > 0 && terms.seconds > 0 ? terms : undefined;
  }

  begin(generation: Generation, before: Generation, terms: ProbationTerms, operation: Operation): void {
    const { live, clock } = this.#options;
    const unlisten = live.onOutcome((of) => {
      if (of === generation) this.#look();
    });
    const cancelTimer = clock.after(terms.seconds * MS_PER_SECOND, () => this.#look(true));
    this.#candidate = {
      generation,
      before,
      terms,
      operation,
      since: clock.now(),
      expectedSlowdown: operation.report.checks?.comparison?.latencyRatio ?? 1,
      stop: () => {
        unlisten();
        cancelTimer();
      },
    };
    operation.found({ probation: this.#describe(this.#candidate, 'running', null) });
  }

  /** Whatever it is that comes in between. */
  end(reason: string): void {
    if (this.#candidate !== undefined) this.#conclude(this.#candidate, 'ended', reason);
  }

  /** @param isLast its time is up. */
  #look(isLast = false): void {
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    const { live } = this.#options;
    const signs = live.vitalsOf(candidate.generation);
    const requests = signs.answered + signs.failed;
    const { restarts, ownOutage } = candidate.generation;
    // A failure is looked at when it happens.
    if (isLast || requests % LOOK_EVERY === 0 || signs.failed > 0 || restarts > 0) {
      const before = live.vitalsOf(candidate.before);
      const reason = breach({ signs, restarts, outage: ownOutage }, before, candidate.expectedSlowdown);
      if (reason !== undefined) {
        void this.#takeBack(candidate, reason);
        return;
      }
      candidate.operation.found({ probation: this.#describe(candidate, 'running', null) });
    }
    if (isLast || requests >= candidate.terms.requests) this.#pass();
  }

  #pass(): void {
    const { standby, logger } = this.#options;
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    this.#conclude(candidate, 'passed', null);
    logger.info(`${candidate.generation.identity.reference} has passed its probation`);
    void standby.dismiss();
  }

  /** Its probation is over when the one before it serves again, or can't. */
  async #takeBack(candidate: Candidate, reason: string): Promise<void> {
    const { onBreach, logger } = this.#options;
    this.#leave(candidate, this.#describe(candidate, 'running', reason));
    try {
      await onBreach(candidate.generation, reason);
      this.#conclude(candidate, 'rolled_back', reason);
    } catch (error) {
      const why = messageOf(error);
      logger.fatal({ err: error }, `the model on probation could not be taken back: ${why}`);
      this.#conclude(candidate, 'ended', `${reason}; it could not be taken back: ${why}`);
    }
  }

  #conclude(
    candidate: Candidate,
    state: Exclude<ProbationReport['state'], 'running'>,
    reason: string | null,
  ): void {
    this.#options.metrics.probations.inc({ outcome: state });
    this.#leave(candidate, this.#describe(candidate, state, reason));
  }

  /** It is watched no longer. */
  #leave(candidate: Candidate, report: ProbationReport): void {
    candidate.stop();
    candidate.operation.found({ probation: report });
    // While it is being taken back, another one may have come.
    if (this.#candidate !== undefined && this.#candidate !== candidate) return;
    this.#candidate = undefined;
    this.#report = report;
  }

  #describe(candidate: Candidate, state: ProbationReport['state'], reason: string | null): ProbationReport {
    const { live, clock } = this.#options;
    const { answered, failed } = live.vitalsOf(candidate.generation);
    const { requests, seconds } = candidate.terms;
    const elapsed = (clock.now() - candidate.since) / MS_PER_SECOND;
    return {
      state,
      requests: answered + failed,
      requests_wanted: requests,
      seconds_left: Math.max(0, Math.ceil(seconds - elapsed)),
      reason,
    };
  }
}
