import type { RequestHandler } from 'express';
import { ServiceError } from '../../errors.ts';
import { sendError } from '../errors.ts';

/** Browsers and proxies send some thirty. */
const MOST_HEADERS = 128;

/**
 * Refuses requests with ever so many headers. Node would cut the list instead, and what is cut may be what a proxy put at its
 * end: that the request is not of this machine.
 */
export const refuseHeaderFlood: RequestHandler = (request, response, next) => {
  const count = request.rawHeaders.length / 2;
  if (count <= MOST_HEADERS) return next();
  response.set('Connection', 'close');
  const error = new ServiceError('invalid_request', `the request has ${count} headers`, {
    detail: `Send at most ${MOST_HEADERS} headers.`,
  });
  sendError(response, error, 431);
};
