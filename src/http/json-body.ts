import express, { type RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { sendError } from './errors.ts';
import { tooLarge } from './request-faults.ts';

const JSON_TYPES = ['application/json', 'application/*+json'];

export interface JsonBodyOptions {
  readonly maxBodyBytes: number;
  /** The longest that a body may take to arrive. */
  readonly bodyTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * Reads JSON bodies and refuses everything else.
 *
 * The content type is required: a browser sends other types to any origin without asking, and a page must not be able to
 * reach the admin routes of a server on its visitor's own machine.
 */
export function jsonBody(options: JsonBodyOptions): RequestHandler[] {
  const parse = express.json({ limit: options.maxBodyBytes, strict: false, type: JSON_TYPES });
  return [requireJson, boundBody(options), parse, onlyUnanswered];
}

const requireJson: RequestHandler = (request, response, next) => {
  if (request.is(JSON_TYPES) || !hasBody(request.headers)) return next();
  const error = new ServiceError('invalid_request', 'the body must be JSON', {
    detail: 'Send it with the header "Content-Type: application/json".',
  });
  sendError(response, error, 415);
};

/**
 * Answers a body that is too large or too slow as soon as that is known: the parser would first read all of what still comes.
 * That goes on after the answer, or a client that sends without listening would see a broken connection instead of it; the
 * server's own time limit ends it.
 */
function boundBody({ maxBodyBytes, bodyTimeoutMs, clock }: JsonBodyOptions): RequestHandler {
  return (request, response, next) => {
    if (!hasBody(request.headers)) return next();
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes)
      return sendError(response, tooLarge(maxBodyBytes));
    const cancel = clock.after(bodyTimeoutMs, () => {
      if (response.headersSent) return;
      response.set('Connection', 'close');
      sendError(response, tooSlow(bodyTimeoutMs), 408);
    });
    request.once('end', cancel).once('close', cancel);
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > maxBodyBytes && !response.headersSent) sendError(response, tooLarge(maxBodyBytes));
    });
    next();
  };
}

const onlyUnanswered: RequestHandler = (_request, response, next) => {
  if (!response.headersSent) next();
};

function tooSlow(bodyTimeoutMs: number): ServiceError {
  return new ServiceError('invalid_request', `the body did not arrive within ${bodyTimeoutMs} ms`, {
    detail:
      'Look whether Content-Length is larger than the body. For a slow network, raise RERANK_BODY_TIMEOUT_MS, or send the body compressed.',
  });
}

function hasBody(headers: {
  'content-length'?: string | undefined;
  'transfer-encoding'?: string | undefined;
}): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
