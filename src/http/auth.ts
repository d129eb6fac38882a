import type { Request, RequestHandler, Response } from 'express';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { AccessMetrics } from './access/access-metrics.ts';
import { type Authentication, authenticate, type KeyIdentity, type Refusal } from './access/authenticate.ts';
import { setIdentity } from './access/identity.ts';
import { isLocal } from './access/local-caller.ts';
import { describeAllowance, type RateLimit } from './access/rate-limit.ts';
import { remoteNetwork } from './access/remote-address.ts';
import { sendError } from './errors.ts';

/** What the guards of the routes need. One of it holds for all ports, so that nobody has two allowances. */
export interface Access extends Authentication {
  /** Undefined: no limit. */
  readonly rateLimit: RateLimit | undefined;
  readonly metrics: AccessMetrics;
  readonly clock: Clock;
}

/** Lets in who knows an API key or an admin key; everybody while there is no API key. Holds them to the rate limit. */
export function requireApiKey(access: Access): RequestHandler {
  const { keys } = access;
  return (request, response, next) => {
    // Clients without a key send junk such as "Bearer None". It isn't looked at: whoever guessed here would go unnoticed.
    if (keys.api.size === 0) return holdToLimit(access, request, response, undefined) ? next() : undefined;
    const identity = authenticate(access, request, ['api', 'admin']);
    if (!('refusal' in identity)) {
      setIdentity(request, identity);
      return holdToLimit(access, request, response, identity) ? next() : undefined;
    }
    refuse(access, response, identity, {
      message: 'this server needs an API key',
      header: 'Authorization: Bearer <RERANK_API_KEY>',
    });
  };
}

/** Lets in who knows an admin key; while there is none, only this machine itself. */
export function requireAdmin(access: Access): RequestHandler {
  const { keys } = access;
  const message = 'this route is for administrators';
  return (request, response, next) => {
    if (keys.admin.size === 0) {
      if (isLocal(request)) {
        setIdentity(request, { kind: 'local' });
        return next();
      }
      const detail =
        'Without RERANK_ADMIN_KEY the admin routes answer only to programs on this machine: from loopback, by HTTP/1.1, under a local name (Host), without a header that a proxy adds, and not from a web page of another origin. Set one and send it as a bearer key; behind a proxy on this machine it is needed in any case, since not every proxy can be recognised.';
      return sendError(response, new ServiceError('unauthorized', message, { detail }));
    }
    const identity = authenticate(access, request, ['admin']);
    if (!('refusal' in identity)) {
      setIdentity(request, identity);
      access.metrics.keyRequests.inc({ kind: 'admin', key: identity.id, outcome: 'let_in' });
      return next();
    }
    refuse(access, response, identity, { message, header: 'Authorization: Bearer <RERANK_ADMIN_KEY>' });
  };
}

/** @returns true for a request that may go on; the others have their answer. Administrators are not limited. */
function holdToLimit(
  { rateLimit, metrics, clock }: Access,
  request: Request,
  response: Response,
  identity: KeyIdentity | undefined,
): boolean {
  const allowance =
    identity?.kind === 'admin'
      ? undefined
      : rateLimit?.take(identity === undefined ? remoteNetwork(request) : `key ${identity.id}`);
  if (allowance !== undefined) describeAllowance(response, allowance, clock.date());
  const isAllowed = allowance === undefined || allowance.isAllowed;
  const { kind, id: key } = identity ?? { kind: 'none', id: 'none' };
  metrics.keyRequests.inc({ kind, key, outcome: isAllowed ? 'let_in' : 'rate_limited' });
  if (isAllowed) return true;
  const whose = identity === undefined ? 'this address' : `the key "${identity.id}"`;
  sendError(
    response,
    new ServiceError('overloaded', `${whose} has used up its ${allowance.limit} requests a second`, {
      detail: 'Wait as long as Retry-After says, or have RERANK_RATE_LIMIT raised.',
      retryAfterSeconds: Math.ceil(allowance.retryAfterSeconds),
    }),
  );
  return false;
}

function refuse(
  { metrics }: Access,
  response: Response,
  refusal: Refusal,
  { message, header }: { readonly message: string; readonly header: string },
): void {
  metrics.refusedKeys.inc({ reason: refusal.refusal });
  if (refusal.refusal === 'braked') {
    const detail = `Wait as long as Retry-After says, and look whether the key is the right one for this server: ${header}`;
    const retryAfterSeconds = Math.ceil(refusal.waitSeconds);
    const braked = 'too many wrong keys came from this address';
    return sendError(response, new ServiceError('overloaded', braked, { detail, retryAfterSeconds }));
  }
  const wrong = refusal.refusal === 'wrong' ? 'The key that was sent is not valid here. ' : '';
  const detail = `${wrong}Send it with the header "${header}".`;
  sendError(response, new ServiceError('unauthorized', message, { detail }));
}
