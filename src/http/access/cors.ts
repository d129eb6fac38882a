import type { RequestHandler } from 'express';

/** What a page may read of an answer besides the few headers that it always may. */
const EXPOSED = [
  'Allow',
  'ETag',
  'Location',
  'Preference-Applied',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'x-compute-tokens',
  'x-inference-time',
  'x-model',
  'x-model-digest',
  'x-model-generation',
  'x-queue-time',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-request-id',
  'x-tokenization-time',
  'x-total-time',
  'x-truncated',
].join(', ');

/** Two hours: browsers remember no preflight for longer. */
const MAX_AGE_SECONDS = '7200';

const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;

/**
 * Lets pages of other origins use the server (Fetch standard, CORS protocol). Without origins it says nothing, and browsers
 * refuse.
 *
 * Keys come in headers that a script must set itself; cookies mean nothing here. So credentials are never allowed, and whatever
 * headers a client library wants to send (`Authorization`, its own name and version, …) may come.
 * @param origins as browsers send them, or `*`
 */
export function cors(origins: readonly string[]): RequestHandler {
  const isAny = origins.includes('*');
  const allowed = new Set(origins);
  return (request, response, next) => {
    if (origins.length === 0) return next();
    // Caches must not give the answer for one origin to another, nor for none.
    response.vary('Origin');
    const origin = request.get('origin');
    if (origin === undefined || !(isAny || allowed.has(origin))) return next();
    response.set({
      'Access-Control-Allow-Origin': isAny ? '*' : origin,
      'Access-Control-Expose-Headers': EXPOSED,
    });
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined)
      return next();
    const wanted = request.get('access-control-request-headers') ?? '';
    response.vary('Access-Control-Request-Method, Access-Control-Request-Headers');
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST, DELETE',
      // "*" would not cover Authorization.
      ...(HEADER_NAMES.test(wanted) && { 'Access-Control-Allow-Headers': wanted }),
      'Access-Control-Max-Age': MAX_AGE_SECONDS,
    });
    response.status(204).end();
  };
}
