import { type Clock, delay } from '../../platform/clock.ts';
import { type AttemptFailure, asAttemptFailure, type FailureReason } from '../download/attempt-failure.ts';
import { backoffMs, type RetryPolicy } from '../download/backoff.ts';

export interface RetryTools {
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly policy: RetryPolicy;
  /** Told why there is another attempt. */
  readonly onRetry: (reason: FailureReason) => void;
}

/** What may be over in a moment. A server that sends something else than it was asked for goes on doing so. */
const PASSING = new Set<FailureReason>([
  'dns',
  'connect',
  'timeout',
  'stalled',
  'reset',
  'status',
  'throttled',
  'truncated',
]);

/** True for a failure that says nothing about the file, only about the way to it. */
export function isPassing(failure: AttemptFailure): boolean {
  return !failure.isFinal && PASSING.has(failure.reason);
}

/**
 * Tries again what failed on the way, as often as the policy says, and not before the server wants it.
 * @throws AttemptFailure, the last one; anything else at once; the reason of the signal.
 */
export async function withRetries<T>(
  { clock, random, policy, onRetry }: RetryTools,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const failure = asAttemptFailure(error);
      if (failure === undefined) throw error;
      const { retryAfterMs = 0 } = failure;
      const isHopeless = !isPassing(failure) || retryAfterMs > policy.maxRetryAfterMs;
      if (isHopeless || failures >= policy.attempts * policy.rounds) throw failure;
      onRetry(failure.reason);
      await delay(clock, Math.max(retryAfterMs, backoffMs(failures, policy, random)), signal);
      signal.throwIfAborted();
    }
  }
}
