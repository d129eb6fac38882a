import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { spreadOf } from '../../../scripts/measuring/statistics.ts';
import type { PhaseName } from '../phase.ts';
import type { LoadReport, LoadTick, PhaseLoad } from './protocol.ts';

/** Enough to see a pattern. */
const MAX_EXAMPLES = 10;

class PhaseTally {
  readonly latenciesMs: number[] = [];
  non2xx = 0;
  connectionErrors = 0;
  timeouts = 0;
  wrong = 0;
  readonly #phase: PhaseName;
  readonly #startedAt = performance.now();
  readonly #idleBefore: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(phase: PhaseName) {
    this.#phase = phase;
  }

  get failed(): number {
    return this.non2xx + this.connectionErrors + this.timeouts;
  }

  close(): PhaseLoad {
    const { non2xx, connectionErrors, timeouts, wrong } = this;
    return {
      phase: this.#phase,
      seconds: (performance.now() - this.#startedAt) / 1000,
      answers: this.latenciesMs.length,
      non2xx,
      connectionErrors,
      timeouts,
      wrong,
      latencyMs: spreadOf(this.latenciesMs),
      generatorBusy: performance.eventLoopUtilization(this.#idleBefore).utilization,
    };
  }
}

/** Counts what happens to the requests, phase by phase. What happens counts for the phase in which it happens. */
export class Tally {
  readonly #closed: PhaseLoad[] = [];
  readonly #examples: string[] = [];
  #open = new PhaseTally('warm-up');
  #sent = 0;
  #failedBefore = 0;
  #wrongBefore = 0;
  #answersBefore = 0;

  enter(phase: PhaseName): void {
    this.#failedBefore += this.#open.failed;
    this.#wrongBefore += this.#open.wrong;
    this.#answersBefore += this.#open.latenciesMs.length;
    this.#closed.push(this.#open.close());
    this.#open = new PhaseTally(phase);
  }

  request(): void {
    this.#sent++;
  }

  /** @param fault what is wrong with a 2xx answer. */
  answer(status: number, body: string, fault: string | undefined): void {
    if (status < 200 || status > 299) {
      this.#open.non2xx++;
      this.#note(`status ${status}: ${body.slice(0, 300)}`);
    } else if (fault !== undefined) {
      this.#open.wrong++;
      this.#note(fault);
    }
  }

  latency(ms: number): void {
    this.#open.latenciesMs.push(ms);
  }

  connectionError(message: string): void {
    this.#open.connectionErrors++;
    this.#note(message);
  }

  timeout(): void {
    this.#open.timeouts++;
    this.#note('no answer in time');
  }

  get tick(): LoadTick {
    return {
      answers: this.#answersBefore + this.#open.latenciesMs.length,
      failed: this.#failedBefore + this.#open.failed,
      wrong: this.#wrongBefore + this.#open.wrong,
    };
  }

  /** Ends the open phase. Call it once, after the last answer. */
  report(): LoadReport {
    const phases = [...this.#closed, this.#open.close()];
    const settled = phases.reduce(
      (sum, phase) => sum + phase.answers + phase.connectionErrors + phase.timeouts,
      0,
    );
    return { phases, sent: this.#sent, unanswered: this.#sent - settled, examples: this.#examples };
  }

  #note(example: string): void {
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(example);
  }
}
