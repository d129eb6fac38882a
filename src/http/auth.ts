import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import { sendError } from './errors.ts';

export interface Keys {
  readonly apiKey: string | undefined;
  readonly adminKey: string | undefined;
}

/** Lets in who knows the API key or the admin key; everybody while there is no API key. */
export function requireApiKey(keys: Keys): RequestHandler {
  return (request, response, next) => {
    if (keys.apiKey === undefined || matches(request, keys.apiKey) || matches(request, keys.adminKey))
      return next();
    sendError(
      response,
      new ServiceError('unauthorized', 'this server needs an API key', {
        detail: 'Send it with the header "Authorization: Bearer <RERANK_API_KEY>".',
      }),
    );
  };
}

/** Lets in who knows the admin key; while there is none, only this machine itself. */
export function requireAdmin(keys: Keys): RequestHandler {
  return (request, response, next) => {
    if (keys.adminKey === undefined ? isLocal(request) : matches(request, keys.adminKey)) return next();
    const detail =
      keys.adminKey === undefined
        ? 'Without RERANK_ADMIN_KEY the admin routes answer on the loopback interface only. Set one and send it as a bearer key.'
        : 'Send the header "Authorization: Bearer <RERANK_ADMIN_KEY>".';
    sendError(response, new ServiceError('unauthorized', 'this route is for administrators', { detail }));
  };
}

/** Every spelling that clients of rerank servers use: Bearer in any case, the raw key, two headers of their own. */
function matches(request: Request, key: string | undefined): boolean {
  if (key === undefined) return false;
  const authorization = request.get('authorization')?.replace(/^bearer\s+/i, '');
  return [authorization, request.get('api-key'), request.get('x-api-key')].some(
    (given) => given !== undefined && equal(given.trim(), key),
  );
}

/** Hashing first makes the lengths equal; the comparison takes the same time wherever the first difference is. */
function equal(given: string, key: string): boolean {
  return timingSafeEqual(sha256(given), sha256(key));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * True for a request that a program on this machine made itself. A proxy on this machine speaks for others, and a browser
 * may have been led here under a foreign name (DNS rebinding): neither counts.
 */
function isLocal(request: Request): boolean {
  const isLoopback = /^(::ffff:)?127\.|^::1$/.test(request.socket.remoteAddress ?? '');
  const isForwarded = request.get('x-forwarded-for') !== undefined || request.get('forwarded') !== undefined;
  const isLocalName = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(request.get('host') ?? '');
  return isLoopback && !isForwarded && isLocalName;
}
