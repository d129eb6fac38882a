import type { Request, RequestHandler, Response } from 'express';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { AccessMetrics } from './access/access-metrics.ts';
import type { GuessBrake } from './access/guess-brake.ts';
import { type Identity, nameOf, setIdentity } from './access/identity.ts';
import type { KeyRing } from './access/key-ring.ts';
import type { KeyKind, Keys } from './access/keys.ts';
import { isLocal } from './access/local-caller.ts';
import { presentedKeys } from './access/presented-keys.ts';
import { describeAllowance, type RateLimit } from './access/rate-limit.ts';
import { remoteNetwork } from './access/remote-address.ts';
import { sendError } from './errors.ts';

/** What the guards of the routes need. One of it holds for all ports, so that nobody has two allowances. */
export interface Access {
  readonly keys: Pick<Keys, 'api' | 'admin'>;
  readonly brake: GuessBrake;
  /** Undefined: no limit. */
  readonly rateLimit: RateLimit | undefined;
  readonly metrics: AccessMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

type KeyIdentity = Extract<Identity, { readonly kind: KeyKind }>;

/** Lets in who knows an API key or an admin key; everybody while there is no API key. Holds them to the rate limit. */
export function requireApiKey(access: Access): RequestHandler {
  const { keys } = access;
  return (request, response, next) => {
    // Clients without a key send junk such as "Bearer None". It isn't looked at: whoever guessed here would go unnoticed.
    if (keys.api.size === 0) return holdToLimit(access, request, response, undefined) ? next() : undefined;
    const identity = authenticate(access, request, [
      ['api', keys.api],
      ['admin', keys.admin],
    ]);
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
        'Without RERANK_ADMIN_KEY the admin routes answer only to programs on this machine: from loopback, not through a proxy, under a local name (Host), and not from a web page of another origin. Set one and send it as a bearer key.';
      return sendError(response, new ServiceError('unauthorized', message, { detail }));
    }
    const identity = authenticate(access, request, [['admin', keys.admin]]);
    if (!('refusal' in identity)) {
      setIdentity(request, identity);
      access.metrics.keyRequests.inc({ kind: 'admin', key: identity.id, outcome: 'let_in' });
      return next();
    }
    refuse(access, response, identity, { message, header: 'Authorization: Bearer <RERANK_ADMIN_KEY>' });
  };
}

type Refusal =
  | { readonly refusal: 'missing' | 'wrong' }
  | { readonly refusal: 'braked'; readonly waitSeconds: number };

function authenticate(
  { brake, keys, logger }: Access,
  request: Request,
  rings: readonly (readonly [KeyKind, KeyRing])[],
): KeyIdentity | Refusal {
  const presented = presentedKeys(request);
  if (presented.length === 0) return { refusal: 'missing' };
  const address = remoteNetwork(request);
  const waitSeconds = brake.waitSeconds(address);
  const identity = findKey(presented, rings);
  if (identity !== undefined) {
    if (waitSeconds !== undefined && !brake.isProven(address, nameOf(identity)))
      return { refusal: 'braked', waitSeconds };
    brake.succeeded(address, nameOf(identity));
    return identity;
  }
  if (waitSeconds !== undefined) return { refusal: 'braked', waitSeconds };
  // An API key on a route for administrators is in the wrong place, and no guess.
  const isGuess = findKey(presented, [['api', keys.api]]) === undefined;
  if (isGuess && brake.failed(address, presented.join('\n')))
    logger.warn(
      { address },
      `${address} has sent many wrong keys: it gets 429 for most of what it sends from now on`,
    );
  return { refusal: 'wrong' };
}

function findKey(
  presented: readonly string[],
  rings: readonly (readonly [KeyKind, KeyRing])[],
): KeyIdentity | undefined {
  let found: KeyIdentity | undefined;
  for (const [kind, ring] of rings) {
    for (const key of presented) {
      const id = ring.find(key);
      if (id !== undefined) found = { kind, id };
    }
  }
  return found;
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
