import type { Clock } from '../platform/clock.ts';

/** Below this, smaller batches save hardly any memory: it is the model that does not fit. */
const LEAST_TOKENS = 128;

/** How much it grows at a time. */
const GROWTH = 1.25;

/** After a failure, for so long no larger batch is tried. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 16 * FIRST_WAIT_MS;

/**
 * Tokens of one batch. The plan says how many are best; a batch that did not fit into the memory of the device halves them, and
 * they come back step by step while all goes well, never beyond the plan. Where a step back up fails again, the next one waits
 * twice as long: others may have taken the memory for good.
 */
export class BatchBudget {
  readonly #planned: number;
  readonly #clock: Pick<Clock, 'now'>;
  #tokens: number;
  #changedAt = 0;
  #waitMs = FIRST_WAIT_MS;
  #hasGrown = false;

  /** @param planned what fits as far as is known. */
  constructor(planned: number, clock: Pick<Clock, 'now'>) {
    this.#planned = planned;
    this.#tokens = planned;
    this.#clock = clock;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /**
   * A batch of so many tokens, padding included, did not fit.
   * @returns whether that changed anything.
   */
  shrink(failedTokens: number): boolean {
    const before = this.#tokens;
    this.#tokens = Math.min(before, Math.max(LEAST_TOKENS, Math.floor(failedTokens / 2)));
    if (this.#hasGrown) this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    this.#hasGrown = false;
    this.#changedAt = this.#clock.now();
    return this.#tokens < before;
  }

  /**
   * A batch was computed.
   * @returns whether that changed anything.
   */
  grow(): boolean {
    const now = this.#clock.now();
    if (this.#tokens === this.#planned || now - this.#changedAt < this.#waitMs) return false;
    this.#tokens = Math.min(this.#planned, Math.ceil(this.#tokens * GROWTH));
    this.#changedAt = now;
    this.#hasGrown = true;
    return true;
  }
}
