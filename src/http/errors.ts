import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { type ErrorType, ServiceError } from '../errors.ts';
import { ClientGone } from '../platform/deadline.ts';
import type { Logger } from '../platform/logger.ts';

const STATUS: Readonly<Record<ErrorType, number>> = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden_reference: 403,
  not_found: 404,
  model_not_found: 404,
  update_in_progress: 409,
  payload_too_large: 413,
  invalid_model: 422,
  rejected_by_gate: 422,
  input_too_long: 422,
  overloaded: 429,
  internal: 500,
  source_failed: 502,
  unavailable: 503,
  timeout: 504,
  insufficient_storage: 507,
};

/**
 * The one shape of every error. Clients of different servers read different fields: the four that are always there are strings.
 */
export interface ErrorBody {
  readonly message: string;
  readonly detail: string;
  readonly error: string;
  readonly error_type: ErrorType;
  /** Only for rejected_by_gate: the GateReport. */
  readonly report?: unknown;
}

export function errorBody(error: ServiceError): ErrorBody {
  return {
    message: error.message,
    detail: error.detail ?? error.message,
    error: error.message,
    error_type: error.type,
    ...(error.report !== undefined && { report: error.report }),
  };
}

export function sendError(response: Response, error: ServiceError, status = STATUS[error.type]): void {
  if (error.retryAfterSeconds !== undefined) response.set('Retry-After', String(error.retryAfterSeconds));
  if (error.type === 'unauthorized') response.set('WWW-Authenticate', 'Bearer');
  response.status(status).json(errorBody(error));
}

export const routeNotFound: RequestHandler = (request, response) => {
  sendError(
    response,
    new ServiceError('not_found', `there is no ${request.method} ${request.path}`, {
      detail: 'POST /rerank scores documents, POST /update changes the model, GET /info says what runs.',
    }),
  );
};

/** Answers a known path with an unknown method. */
export function methodNotAllowed(allowed: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed.join(', '));
    const message = `${request.path} takes ${allowed.join(' or ')}, not ${request.method}`;
    sendError(response, new ServiceError('invalid_request', message), 405);
  };
}

/** The last middleware: whatever went wrong becomes the one error shape. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, _request, response, _next) => {
    if (thrown instanceof ClientGone || response.headersSent) {
      response.destroy();
      return;
    }
    const { error, status } = translate(thrown);
    if (error.type === 'internal') {
      logger.error({ err: thrown, requestId: response.get('x-request-id') }, error.message);
    }
    sendError(response, error, status);
  };
}

/** Errors of Express and its body parser carry a status, and `type` says which (body-parser's README lists them). */
function translate(thrown: unknown): { error: ServiceError; status?: number } {
  if (thrown instanceof ServiceError) return { error: thrown };
  const { status, type, message } = thrown as { status?: number; type?: string; message?: string };
  if (type === 'entity.too.large') {
    const { limit } = thrown as { limit?: number };
    const detail = 'Send fewer documents at a time, or raise RERANK_MAX_BODY_BYTES.';
    return {
      error: new ServiceError('payload_too_large', `the body is larger than ${limit} bytes`, { detail }),
    };
  }
  if (type === 'entity.parse.failed') {
    return {
      error: new ServiceError('invalid_request', `the body is not JSON: ${message}`, { cause: thrown }),
    };
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return { error: new ServiceError('invalid_request', String(message), { cause: thrown }), status };
  }
  return { error: new ServiceError('internal', 'something went wrong inside the server', { cause: thrown }) };
}
