import type { WriteStream } from 'node:tty';
import { progress as createBar } from '@clack/prompts';

type Bar = ReturnType<typeof createBar>;

const STEPS = 100;

/** Shows how far a command is: a bar at a terminal, a line for every phase elsewhere. */
export class CommandProgress {
  readonly #output: WriteStream;
  #bar: Bar | undefined;
  #shown = 0;
  #label = '';

  constructor(output: WriteStream) {
    this.#output = output;
  }

  /** A phase of the preparation begins. */
  readonly enter = (phase: string): void => this.#show(phase, 0);

  /** @param share that is done, 0 to 1 */
  readonly compiling = (dtype: string, share: number): void => this.#show(`compile (${dtype})`, share);

  /** Takes the bar away. */
  stop(): void {
    this.#bar?.clear();
    this.#bar = undefined;
  }

  #show(label: string, share: number): void {
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
