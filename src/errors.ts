/** Every kind of failure that a caller can see. The list is closed: clients and dashboards switch on it. */
export type ErrorType =
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden_reference'
  | 'not_found'
  | 'model_not_found'
  | 'update_in_progress'
  | 'payload_too_large'
  | 'invalid_model'
  | 'rejected_by_gate'
  | 'input_too_long'
  | 'overloaded'
  | 'internal'
  | 'source_failed'
  | 'unavailable'
  | 'timeout'
  | 'insufficient_storage';

export interface ServiceErrorOptions {
  /** What the reader can do about it, or the finer grain of what went wrong. */
  readonly detail?: string;
  /** For overloaded and unavailable: when trying again makes sense, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** For rejected_by_gate: everything that was looked at, as plain data. */
  readonly report?: unknown;
  readonly cause?: unknown;
}

/** A failure with a message meant for the person who made the request or the update. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly type: ErrorType;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly report: unknown;

  constructor(type: ErrorType, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = type;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.report = options.report;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
