import type { Clock } from '../../platform/clock.ts';
import type { OperationView } from '../server/operation.ts';
import type { TextOutput } from '../terminal.ts';
import { oneLine } from './layout.ts';
import { phaseText, progressOf, progressText, shareOf } from './progress-text.ts';
import { timeSpan } from './quantities.ts';
import { Rate } from './rate.ts';
import { StatusLine } from './status-line.ts';

/** A log gets a line of progress so often at most. */
const LOG_PAUSE_MS = 10_000;
const TICK_MS = 1000;

/** Shows how far an operation is: a bar at a terminal, lines elsewhere. */
export class OperationProgress {
  readonly #output: TextOutput;
  readonly #clock: Clock;
  readonly #line: StatusLine | undefined;
  #latest: OperationView | undefined;
  #phase = '';
  #phaseSince = 0;
  #loggedAt = 0;
  #rate = new Rate();
  #cancelTick = (): void => {};

  constructor(output: TextOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#line = output.isTTY === true ? new StatusLine(output) : undefined;
  }

  readonly show = (operation: OperationView): void => {
    const now = this.#clock.now();
    const progress = progressOf(operation);
    const phase = oneLine(phaseText(operation));
    const isNew = phase !== this.#phase || this.#latest === undefined;
    if (isNew) {
      this.#phase = phase;
      this.#phaseSince = now;
      this.#loggedAt = now;
      this.#rate = new Rate();
    }
    this.#latest = operation;
    if (progress !== null) this.#rate.add(now, progress.done);
    if (this.#line !== undefined) this.#draw();
    else if (isNew) this.#output.write(`${phase} …\n`);
    else if (progress !== null && now - this.#loggedAt >= LOG_PAUSE_MS) {
      this.#loggedAt = now;
      this.#output.write(`${phase}: ${progressText(progress, this.#rate.perSecond)}\n`);
    }
  };

  /** A line that stays. */
  note(text: string): void {
    this.#line?.clear();
    this.#output.write(`${text}\n`);
    if (this.#line !== undefined && this.#latest !== undefined) this.#draw();
  }

  /** Takes the bar away. */
  stop(): void {
    this.#cancelTick();
    this.#line?.clear();
    this.#latest = undefined;
  }

  #draw(): void {
    const progress = this.#latest === undefined ? null : progressOf(this.#latest);
    const elapsed = timeSpan((this.#clock.now() - this.#phaseSince) / 1000);
    this.#line?.draw(
      progress === null
        ? { label: this.#phase, text: elapsed }
        : {
            label: this.#phase,
            share: shareOf(progress),
            text: progressText(progress, this.#rate.perSecond),
          },
    );
    this.#cancelTick();
    this.#cancelTick = this.#clock.after(TICK_MS, () => this.#draw());
  }
}
