import express, { type RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import { sendError } from './errors.ts';

const JSON_TYPES = ['application/json', 'application/*+json'];

/**
 * Reads JSON bodies and refuses everything else.
 *
 * The content type is required: a browser sends other types to any origin without asking, and a page must not be able to
 * reach the admin routes of a server on its visitor's own machine.
 */
export function jsonBody(maxBytes: number): RequestHandler[] {
  return [requireJson, express.json({ limit: maxBytes, strict: false, type: JSON_TYPES })];
}

const requireJson: RequestHandler = (request, response, next) => {
  if (request.is(JSON_TYPES) || !hasBody(request.headers)) return next();
  const error = new ServiceError('invalid_request', 'the body must be JSON', {
    detail: 'Send it with the header "Content-Type: application/json".',
  });
  sendError(response, error, 415);
};

function hasBody(headers: {
  'content-length'?: string | undefined;
  'transfer-encoding'?: string | undefined;
}): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
