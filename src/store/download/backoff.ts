export interface RetryPolicy {
  /** Attempts for one part at one source in a row before the next source has its turn. */
  readonly attempts: number;
  /** How often each source has its turn. */
  readonly rounds: number;
  /** The longest wait before the first retry; it doubles with each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** A source that asks for a longer pause is left for the next one. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 4,
  rounds: 2,
  baseMs: 500,
  maxMs: 15_000,
  maxRetryAfterMs: 60_000,
};

/**
 * Exponential backoff with full jitter: any time up to a limit that doubles, so that many clients of one server don't come
 * back together (AWS Architecture Blog, "Exponential Backoff And Jitter").
 * @param failures in a row, from 1
 * @param random from 0 to 1
 */
export function backoffMs(failures: number, { baseMs, maxMs }: RetryPolicy, random: () => number): number {
  return random() * Math.min(maxMs, baseMs * 2 ** (failures - 1));
}
