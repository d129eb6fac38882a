import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { type ErrorType, ServiceError } from '../errors.ts';
import { ClientGone } from '../platform/deadline.ts';
import type { Logger } from '../platform/logger.ts';
import { logFieldsOf } from '../platform/tracing/request-trace.ts';
import { nearRoutes } from './near-routes.ts';
import { type RequestFault, requestFault } from './request-faults.ts';
import { traceOf } from './request-trace.ts';

/** The one table of what gets which status. */
export const ERROR_STATUS: Readonly<Record<ErrorType, number>> = {
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

/** An error in the shape above: where there is no detail, the message is given twice. */
export function errorBody(error: ServiceError): ErrorBody {
  return {
    message: error.message,
    detail: error.detail ?? error.message,
    error: error.message,
    error_type: error.type,
    ...(error.report !== undefined && { report: error.report }),
  };
}

/**
 * Answers with an error: its body, and the headers that go with it (Retry-After, WWW-Authenticate).
 * @param status where it is not the one of the error's type.
 */
export function sendError(response: Response, error: ServiceError, status = ERROR_STATUS[error.type]): void {
  if (error.retryAfterSeconds !== undefined) response.set('Retry-After', String(error.retryAfterSeconds));
  if (error.type === 'unauthorized') response.set('WWW-Authenticate', 'Bearer');
  response.status(status).json(errorBody(error));
}

/** Answers a path that no route has. @param paths of all routes */
export function routeNotFound(paths: readonly string[]): RequestHandler {
  const plain = [...new Set(paths)].filter((path) => !path.includes(':'));
  return (request, response) => {
    const near = nearRoutes(request.path, plain);
    const meant = near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
    sendError(
      response,
      new ServiceError('not_found', `there is no ${request.method} ${request.path}`, {
        detail: `${meant}POST /rerank scores documents, POST /update changes the model, GET /info says what runs.`,
      }),
    );
  };
}

/** Answers a known path with an unknown method. */
export function methodNotAllowed(allowed: readonly string[]): RequestHandler {
  const headers = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed;
  return (request, response) => {
    response.set('Allow', headers.join(', '));
    const message = `${request.path} takes ${allowed.join(' or ')}, not ${request.method}`;
    const detail = `Send the request with the method ${allowed.join(' or ')}.`;
    sendError(response, new ServiceError('invalid_request', message, { detail }), 405);
  };
}

/** Answers a route for administrators on the port for everybody, where they have one of their own. */
export const onAdminPort: RequestHandler = (request, response) => {
  sendError(
    response,
    new ServiceError('not_found', `there is no ${request.method} ${request.path} on this port`, {
      detail: 'Routes for administrators are on the port RERANK_ADMIN_PORT of this server.',
    }),
  );
};

/** The last middleware: whatever went wrong becomes the one error shape. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, request, response, _next) => {
    // It was answered while its body still came in.
    if (response.writableEnded) return;
    if (thrown instanceof ClientGone || response.headersSent) {
      response.destroy();
      return;
    }
    const { error, status } = translate(thrown);
    if (error.type === 'internal') {
      logger.error({ err: thrown, ...logFieldsOf(traceOf(request)) }, error.message);
    }
    sendError(response, error, status);
  };
}

function translate(thrown: unknown): RequestFault {
  if (thrown instanceof ServiceError) return { error: thrown };
  const fault = requestFault(thrown);
  if (fault !== undefined) return fault;
  return {
    error: new ServiceError('internal', 'something went wrong inside the server', {
      detail:
        'It is no fault of the request. The log of the server says more under the x-request-id of this answer.',
      cause: thrown,
    }),
  };
}
