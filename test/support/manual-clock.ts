import type { Clock } from '../../src/platform/clock.ts';

/** A clock that only moves when told to. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#now);
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that are set and not yet due. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves on and runs what falls due, in order. */
  advance(ms: number): void {
    const target = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= target).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = target;
  }
}
