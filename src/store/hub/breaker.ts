import type { Clock } from '../../platform/clock.ts';

/** Failures in a row after which nobody is sent there for a while. */
const FAILURES = 3;

const COOL_DOWN_MS = 30_000;

/**
 * Keeps callers away from a server that fails. After some failures in a row it is open: nobody asks. When it has cooled
 * down it is half-open: one caller tries, and what comes of that closes it or opens it again.
 */
export class Breaker {
  readonly #clock: Clock;
  #failures = 0;
  #openUntil = Number.NEGATIVE_INFINITY;
  #isProbing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#failures < FAILURES) return 'closed';
    return this.#clock.now() < this.#openUntil ? 'open' : 'half-open';
  }

  /** True if the caller may ask now; it then must say how it went. */
  tryEnter(): boolean {
    if (this.state === 'closed') return true;
    if (this.state === 'open' || this.#isProbing) return false;
    this.#isProbing = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isProbing = false;
  }

  failed(): void {
    this.#failures += 1;
    this.#isProbing = false;
    if (this.#failures >= FAILURES) this.#openUntil = this.#clock.now() + COOL_DOWN_MS;
  }

  /** The caller gave up before it was known how it went. */
  abandoned(): void {
    this.#isProbing = false;
  }
}
