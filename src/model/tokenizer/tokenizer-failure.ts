import { ServiceError } from '../../errors.ts';
import { Outage } from '../../platform/process/supervisor.ts';

/** When those come back whom a tokenizer that is down has turned away: it is started again every few seconds. */
const RETRY_SECONDS = 5;

/** A call over which a second process has ended: the first may have ended by somebody else's fault. */
export function endedAgain(error: Error): ServiceError {
  return new ServiceError(
    'internal',
    'a tokenizer process ended twice over this request, which was then given up',
    { detail: error.message, cause: error },
  );
}

/** A call that never got its turn. */
export function keepsEnding(error: Error | undefined): ServiceError {
  return new ServiceError('unavailable', 'the tokenizer keeps ending over other requests', {
    detail: `${error?.message}. Try again.`,
    retryAfterSeconds: RETRY_SECONDS,
    cause: error,
  });
}

/** @param outage in words for those who wait. */
export function orUnavailable(error: unknown, outage: string | undefined): unknown {
  if (!(error instanceof Outage)) return error;
  return new ServiceError('unavailable', outage ?? error.message, {
    detail: 'It is started again every few seconds. See docs/operations.md, "When a process ends".',
    retryAfterSeconds: RETRY_SECONDS,
    cause: error,
  });
}
