import type { WriteStream } from 'node:tty';
import { progress as createBar } from '@clack/prompts';
import type { Clock } from '../platform/clock.ts';
import type { FetchStep } from '../serving/operation/phase.ts';
import { type ProgressView, progressText, shareOf } from './report/progress-text.ts';
import { Rate } from './report/rate.ts';

type Bar = ReturnType<typeof createBar>;

const STEPS = 100;

/** A log gets a line of progress so often at most. */
const LOG_PAUSE_MS = 10_000;

export interface ProgressOptions {
  /** Says nothing elsewhere: for commands of which somebody reads the output line by line. */
  readonly onlyAtTerminal?: boolean;
}

/** Shows how far a command is: a bar at a terminal, a line for every phase elsewhere. */
export class CommandProgress {
  readonly #output: WriteStream;
  readonly #clock: Clock;
  readonly #isMute: boolean;
  #phase = '';
  #doing: FetchStep | undefined;
  #rate = new Rate();
  #loggedAt = 0;
  #bar: Bar | undefined;
  #shown = 0;
  #label = '';
  /** Of the bar, 0 to 1. */
  #share = 0;

  constructor(output: WriteStream, clock: Clock, { onlyAtTerminal = false }: ProgressOptions = {}) {
    this.#output = output;
    this.#clock = clock;
    this.#isMute = onlyAtTerminal && !output.isTTY;
  }

  /** A phase of the preparation begins. */
  readonly enter = (phase: string): void => {
    this.#phase = phase;
    this.#rate = new Rate();
    this.#loggedAt = this.#clock.now();
    this.#show(phase, 0);
  };

  /** How far a transfer is; steps are told by `compiling`. */
  readonly advance = (done: number, total: number, unit: ProgressView['unit'], doing?: FetchStep): void => {
    if (unit !== 'bytes') return;
    if (doing !== this.#doing) this.#rate = new Rate();
    this.#doing = doing;
    const now = this.#clock.now();
    this.#rate.add(now, done);
    const isSoon = now - this.#loggedAt < LOG_PAUSE_MS;
    if (!this.#output.isTTY && isSoon) return;
    this.#loggedAt = now;
    const progress = { done, total, unit };
    const text = `${doing ?? this.#phase}: ${progressText(progress, this.#rate.perSecond)}`;
    this.#show(text, shareOf(progress) ?? 0);
  };

  /** @param share that is done, 0 to 1 */
  readonly compiling = (dtype: string, share: number): void => this.#show(`compile (${dtype})`, share);

  /** @param share that is done, 0 to 1 */
  readonly at = (label: string, share: number): void => this.#show(label, share);

  /** Writes what stays, such as lines of a log, where the bar is. */
  write(text: string): void {
    const isShown = this.#bar !== undefined;
    this.stop();
    this.#output.write(text);
    if (isShown) this.#show(this.#label, this.#share);
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar?.clear();
    this.#bar = undefined;
  }

  #show(label: string, share: number): void {
    if (this.#isMute) return;
    this.#share = share;
    if (!this.#output.isTTY) {
      if (label !== this.#label) this.#output.write(`${label} …\n`);
      this.#label = label;
      return;
    }
    this.#bar ??= this.#begin(label);
    const reached = Math.round(share * STEPS);
    if (label !== this.#label) {
      this.#bar.message(label);
      this.#label = label;
    }
    if (reached < this.#shown) {
      this.stop();
      this.#bar = this.#begin(label);
    }
    this.#bar.advance(reached - this.#shown, label);
    this.#shown = reached;
  }

  #begin(label: string): Bar {
    this.#shown = 0;
    const bar = createBar({ max: STEPS, output: this.#output });
    bar.start(label);
    return bar;
  }
}
