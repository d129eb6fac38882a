import type { Clock } from '../platform/clock.ts';

/** Below this, smaller batches save hardly any memory: it is the model that does not fit. */
const LEAST_TOKENS = 128;

/** How much it grows at a time beyond what has fitted, and up to that. */
const GROWTH = 1.25;
const GROWTH_BACK = 2;

/** After a change, for so long no larger batch is tried. */
const WAIT_MS = 60_000;
const WAIT_BACK_MS = 10_000;

/** How many times as long it waits at most. */
const MOST_PATIENCE = 16;

/** Without a failure for so long, the next one has nothing to do with the last. */
const FORGOTTEN_AFTER_MS = MOST_PATIENCE * WAIT_MS;

/** A batch smaller than this share of the largest that has fitted does not fail for its size. */
const SMALL_SHARE = 1 / 8;

/**
 * Tokens of one batch. The plan says how many are best; a batch that did not fit into the memory of the device halves them, and
 * they come back step by step while all goes well, never beyond the plan.
 *
 * - What has fitted before will most likely fit again: up to there they double every ten seconds. Beyond, a quarter a minute.
 * - Where a step back up fails, the next one waits twice as long, and that size no longer counts as one that fits: others may have
 *   taken the memory for good.
 * - They never fall below an eighth of the largest batch that has fitted: a smaller one that fails met a device whose memory
 *   somebody else holds, and making all batches as small as that one would cost speed and save nothing. Should such small ones
 *   fail again and again, with none of their size that fits between, the largest batch that has fitted counts half each time.
 */
export class BatchBudget {
  readonly #planned: number;
  readonly #clock: Pick<Clock, 'now'>;
  #tokens: number;
  #changedAt = Number.NEGATIVE_INFINITY;
  #patience = 1;
  #hasGrown = false;
  /** The largest batch that fitted, as far as that still counts, and the largest ever. */
  #fits = 0;
  #everFitted = 0;
  /** The smallest batch that failed although it is small, since one of its size fitted. */
  #doubtful = Number.POSITIVE_INFINITY;

  /** @param planned what fits as far as is known. */
  constructor(planned: number, clock: Pick<Clock, 'now'>) {
    this.#planned = planned;
    this.#tokens = planned;
    this.#clock = clock;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Whether a batch is so much smaller than others which fitted that its size can't be why it failed. */
  isSmall(tokens: number): boolean {
    return tokens < this.#fits * SMALL_SHARE;
  }

  /** Whether a batch of this size or a larger one has ever fitted. */
  hasFitted(tokens: number): boolean {
    return tokens <= this.#everFitted;
  }

  /**
   * A batch of so many tokens, padding included, did not fit.
   * @returns whether that changed anything.
   */
  shrink(failedTokens: number): boolean {
    const before = this.#tokens;
    const now = this.#clock.now();
    if (now - this.#changedAt > FORGOTTEN_AFTER_MS) {
      this.#patience = 1;
      this.#hasGrown = false;
    }
    if (this.isSmall(failedTokens)) this.#doubt(failedTokens);
    else if (this.#hasGrown) this.#fits = Math.min(this.#fits, Math.floor(failedTokens / 2));
    const least = Math.max(LEAST_TOKENS, Math.floor(this.#fits * SMALL_SHARE));
    this.#tokens = Math.min(before, Math.max(least, Math.floor(failedTokens / 2)));
    if (this.#hasGrown) this.#patience = Math.min(this.#patience * 2, MOST_PATIENCE);
    this.#hasGrown = false;
    this.#changedAt = now;
    return this.#tokens < before;
  }

  /**
   * A batch of so many tokens, padding included, was computed.
   * @returns whether that changed anything.
   */
  fitted(tokens: number): boolean {
    this.#fits = Math.max(this.#fits, tokens);
    this.#everFitted = Math.max(this.#everFitted, tokens);
    if (tokens >= this.#doubtful) this.#doubtful = Number.POSITIVE_INFINITY;
    const isWayBack = this.#tokens < this.#fits;
    const waitMs = this.#patience * (isWayBack ? WAIT_BACK_MS : WAIT_MS);
    const now = this.#clock.now();
    if (this.#tokens === this.#planned || now - this.#changedAt < waitMs) return false;
    const next = isWayBack
      ? Math.min(this.#fits, this.#tokens * GROWTH_BACK)
      : Math.ceil(this.#tokens * GROWTH);
    this.#tokens = Math.min(this.#planned, next);
    this.#changedAt = now;
    this.#hasGrown = true;
    return true;
  }

  #doubt(tokens: number): void {
    if (this.#doubtful !== Number.POSITIVE_INFINITY) this.#fits = Math.floor(this.#fits / 2);
    this.#doubtful = Math.min(this.#doubtful, tokens);
  }
}
