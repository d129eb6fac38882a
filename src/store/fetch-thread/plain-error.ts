import { type ErrorType, messageOf, ServiceError } from '../../errors.ts';
import { AttemptFailure, type FailureReason } from '../download/attempt-failure.ts';
import { SourcesFailure } from '../download/sources-failure.ts';

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
      readonly kind: 'sources';
      readonly problems: readonly { readonly source: string; readonly failure: PlainFailure }[];
    }
  | {
      readonly kind: 'other';
      readonly message: string;
      readonly code: string | undefined;
      readonly syscall: string | undefined;
    };

interface PlainFailure {
  readonly reason: FailureReason;
  readonly message: string;
  readonly isFinal: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Of a ServiceError and a SourcesFailure everything stays, causes included; of all else the message, code and system call. */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof ServiceError) {
    const { type, message, detail, retryAfterSeconds } = error;
    const cause = error.cause === undefined ? undefined : toPlainError(error.cause);
    return { kind: 'service', type, message, detail, retryAfterSeconds, cause };
  }
  if (error instanceof SourcesFailure) {
    const problems = error.problems.map(({ source, failure }) => ({ source, failure: toPlain(failure) }));
    return { kind: 'sources', problems };
  }
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return { kind: 'other', message: messageOf(error), code, syscall };
}

/** The error again, of the same class where that is one of the two. Its stack is of this thread. */
export function fromPlainError(plain: PlainError): Error {
  if (plain.kind === 'service') {
    const { type, message, detail, retryAfterSeconds, cause } = plain;
    return new ServiceError(type, message, {
      ...(detail === undefined ? {} : { detail }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(cause === undefined ? {} : { cause: fromPlainError(cause) }),
    });
  }
  if (plain.kind === 'sources') {
    return new SourcesFailure(
      plain.problems.map(({ source, failure }) => ({ source, failure: fromPlain(failure) })),
    );
  }
  const { message, code, syscall } = plain;
  return Object.assign(
    new Error(message),
    code === undefined ? {} : { code },
    syscall === undefined ? {} : { syscall },
  );
}

function toPlain({ reason, message, isFinal, status, retryAfterMs }: AttemptFailure): PlainFailure {
  return { reason, message, isFinal, status, retryAfterMs };
}

function fromPlain({ reason, message, isFinal, status, retryAfterMs }: PlainFailure): AttemptFailure {
  return new AttemptFailure(reason, message, {
    isFinal,
    retryAfterMs,
    ...(status === undefined ? {} : { status }),
  });
}
