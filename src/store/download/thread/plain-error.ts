import { type ErrorType, messageOf, ServiceError } from '../../../errors.ts';
import { AttemptFailure, type FailureReason } from '../attempt-failure.ts';

/** An error on its way between threads, with all that somebody decides by. */
export type PlainError =
  | {
      readonly kind: 'service';
      readonly type: ErrorType;
      readonly message: string;
      readonly detail: string | undefined;
      readonly retryAfterSeconds: number | undefined;
      readonly cause: PlainError | undefined;
    }
  | {
      readonly kind: 'attempt';
      readonly reason: FailureReason;
      readonly message: string;
      readonly isFinal: boolean;
      readonly status: number | undefined;
      readonly retryAfterMs: number | undefined;
    }
  | {
      readonly kind: 'other';
      readonly message: string;
      readonly code: string | undefined;
      readonly syscall: string | undefined;
    };

export function toPlainError(error: unknown): PlainError {
  if (error instanceof ServiceError) {
    const { type, message, detail, retryAfterSeconds } = error;
    const cause = error.cause === undefined ? undefined : toPlainError(error.cause);
    return { kind: 'service', type, message, detail, retryAfterSeconds, cause };
  }
  if (error instanceof AttemptFailure) {
    const { reason, message, isFinal, status, retryAfterMs } = error;
    return { kind: 'attempt', reason, message, isFinal, status, retryAfterMs };
  }
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return { kind: 'other', message: messageOf(error), code, syscall };
}

export function fromPlainError(plain: PlainError): Error {
  if (plain.kind === 'service') {
    const { type, message, detail, retryAfterSeconds, cause } = plain;
    return new ServiceError(type, message, {
      ...(detail === undefined ? {} : { detail }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(cause === undefined ? {} : { cause: fromPlainError(cause) }),
    });
  }
  if (plain.kind === 'attempt') {
    const { reason, message, isFinal, retryAfterMs, status } = plain;
    return new AttemptFailure(reason, message, {
      isFinal,
      retryAfterMs,
      ...(status === undefined ? {} : { status }),
    });
  }
  const { message, code, syscall } = plain;
  return Object.assign(
    new Error(message),
    code === undefined ? {} : { code },
    syscall === undefined ? {} : { syscall },
  );
}
