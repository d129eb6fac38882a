import type { Clock } from '../../platform/clock.ts';
import { ConnectionFailure } from './failures.ts';

/** Aborts its signal when it is not restarted in time. */
export class Patience implements Disposable {
  readonly #controller = new AbortController();
  readonly #url: string;
  readonly #ms: number;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;

  /** @param url of the server, for the message */
  constructor(url: string, ms: number, clock: Clock) {
    this.#url = url;
    this.#ms = ms;
    this.#clock = clock;
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(this.#ms, () => {
      const message = `nothing came from ${this.#url} for ${this.#ms / 1000} s`;
      this.#controller.abort(new ConnectionFailure(message, { worthRetrying: true }));
    });
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }
}
