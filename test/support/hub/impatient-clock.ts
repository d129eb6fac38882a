import { type Clock, systemClock } from '../../../src/platform/clock.ts';

const LONGEST_PAUSE_MS = 1400;

/** A clock on which pauses between attempts are over at once, and time limits are never reached. */
export class ImpatientClock implements Clock {
  readonly pauses: number[] = [];

  now(): number {
    return systemClock.now();
  }

  date(): Date {
    return systemClock.date();
  }

  after(ms: number, run: () => void): () => void {
    if (ms > LONGEST_PAUSE_MS) return () => {};
    this.pauses.push(ms);
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  }
}
