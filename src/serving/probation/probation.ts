import type { Generation } from '../../model/generation.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { LiveTraffic } from '../live/live-traffic.ts';
import type { ProbationTerms } from '../update/change-request.ts';
import type { Operation } from '../update/operation.ts';
import { breach } from './breach.ts';
import type { ProbationReport } from './probation-report.ts';
import type { Standby } from './standby.ts';

export interface ProbationOptions {
  readonly live: LiveTraffic;
  readonly standby: Standby;
  readonly configured: ProbationTerms;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'probations'>;
  /** Takes the model back. */
  readonly onBreach: (bad: Generation, reason: string) => void;
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

  /** Of the model that serves, or of the one before it while nothing else has happened. */
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
    const cancelTimer = clock.after(terms.seconds * MS_PER_SECOND, () => this.#pass());
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
  end(state: 'ended' | 'rolled_back', reason: string): void {
    this.#conclude(state, reason);
  }

  #look(): void {
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    const { live } = this.#options;
    const signs = live.vitalsOf(candidate.generation);
    const requests = signs.answered + signs.failed;
    const { restarts } = candidate.generation;
    // A failure is looked at when it happens.
    if (requests % LOOK_EVERY === 0 || signs.failed > 0 || restarts > 0) {
      const before = live.vitalsOf(candidate.before);
      const reason = breach({ signs, restarts }, before, candidate.expectedSlowdown);
      if (reason !== undefined) {
        this.#conclude('rolled_back', reason);
        this.#options.onBreach(candidate.generation, reason);
        return;
      }
      candidate.operation.found({ probation: this.#describe(candidate, 'running', null) });
    }
    if (requests >= candidate.terms.requests) this.#pass();
  }

  #pass(): void {
    const { standby, logger } = this.#options;
    const reference = this.#candidate?.generation.identity.reference;
    if (!this.#conclude('passed', null)) return;
    logger.info(`${reference} has passed its probation`);
    void standby.dismiss();
  }

  #conclude(state: ProbationReport['state'], reason: string | null): boolean {
    const candidate = this.#candidate;
    if (candidate === undefined) return false;
    candidate.stop();
    this.#options.metrics.probations.inc({ outcome: state });
    this.#report = this.#describe(candidate, state, reason);
    this.#candidate = undefined;
    candidate.operation.found({ probation: this.#report });
    return true;
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
