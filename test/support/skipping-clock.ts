import { type Clock, systemClock } from '../../src/platform/clock.ts';

/** The real clock, which a test can put forward. Timers that are set already do not notice. */
export class SkippingClock implements Clock {
  #skippedMs = 0;

  now(): number {
    return systemClock.now() + this.#skippedMs;
  }

  date(): Date {
    return new Date(systemClock.date().getTime() + this.#skippedMs);
  }

  after(ms: number, run: () => void): () => void {
    return systemClock.after(ms, run);
  }

  skip(ms: number): void {
    this.#skippedMs += ms;
  }
}
