import { TransportError, type TransportErrorKind } from '../transport/transport-error.ts';

/** Why an attempt gave not all that was asked for: the label of the retry metric. */
export type FailureReason =
  | Exclude<TransportErrorKind, 'refused' | 'redirect'>
  | 'status'
  | 'throttled'
  | 'truncated'
  | 'too_long'
  | 'wrong_range'
  | 'encoded'
  | 'etag_changed'
  | 'range_ignored'
  | 'not_there';

export interface FailureOptions {
  /** The source has said when to come again. */
  readonly retryAfterMs?: number | undefined;
  /** Asking the same source again would change nothing. */
  readonly isFinal?: boolean;
  readonly status?: number;
  readonly cause?: unknown;
}

/** One attempt to get bytes from one source failed. */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  readonly reason: FailureReason;
  readonly retryAfterMs: number | undefined;
  readonly isFinal: boolean;
  readonly status: number | undefined;

  constructor(reason: FailureReason, problem: string, options: FailureOptions = {}) {
    super(problem, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
    this.isFinal = options.isFinal ?? false;
    this.status = options.status;
  }
}

/** @returns undefined for what is no source's fault, such as a full disk. */
export function asAttemptFailure(error: unknown): AttemptFailure | undefined {
  if (error instanceof AttemptFailure) return error;
  if (!(error instanceof TransportError)) return undefined;
  const { kind, message } = error;
  if (kind === 'refused' || kind === 'redirect') {
    return new AttemptFailure('not_there', message, { isFinal: true, cause: error });
  }
  return new AttemptFailure(kind, message, { cause: error });
}
