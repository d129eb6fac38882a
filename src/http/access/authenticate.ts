import type { Request } from 'express';
import type { Logger } from '../../platform/logger.ts';
import type { GuessBrake } from './guess-brake.ts';
import { type Identity, nameOf } from './identity.ts';
import type { KeyKind, Keys } from './keys.ts';
import { presentedKeys } from './presented-keys.ts';
import { remoteNetwork } from './remote-address.ts';

export type KeyIdentity = Extract<Identity, { readonly kind: KeyKind }>;

export type Refusal =
  | { readonly refusal: 'missing' | 'wrong' }
  | { readonly refusal: 'braked'; readonly waitSeconds: number };

export interface Authentication {
  readonly keys: Pick<Keys, 'api' | 'admin'>;
  readonly brake: GuessBrake;
  readonly logger: Logger;
}

/**
 * Finds out by the keys of a request who it is. Each key that is none of this server is a guess, whatever other keys come with it:
 * or an API key would be a licence to guess the admin key. An API key on a route for administrators is in the wrong place, and no
 * guess.
 * @param accepted kinds of keys that open the route
 */
export function authenticate(
  { keys, brake, logger }: Authentication,
  request: Request,
  accepted: readonly KeyKind[],
): KeyIdentity | Refusal {
  const presented = presentedKeys(request).map((key) => ({ key, identity: identify(keys, key) }));
  if (presented.length === 0) return { refusal: 'missing' };
  const address = remoteNetwork(request);
  const usable = presented.flatMap(({ identity }) =>
    identity !== undefined && accepted.includes(identity.kind) ? [identity] : [],
  );
  const waitSeconds = brake.waitSeconds(address);
  if (waitSeconds !== undefined) {
    // A right key that is new here does nothing at all beside a proven one, or the guesser would learn it.
    const proven = usable.filter((identity) => brake.isProven(address, nameOf(identity)));
    return mightiest(proven) ?? { refusal: 'braked', waitSeconds };
  }
  for (const { key, identity } of presented) {
    if (identity === undefined && brake.failed(address, key))
      logger.warn(
        { address },
        `${address} has sent many wrong keys: it gets 429 for most of what it sends from now on`,
      );
  }
  const identity = mightiest(usable);
  if (identity === undefined) return { refusal: 'wrong' };
  brake.succeeded(address, nameOf(identity));
  return identity;
}

/** A key may be of both kinds. */
function identify(keys: Pick<Keys, 'api' | 'admin'>, key: string): KeyIdentity | undefined {
  const admin = keys.admin.find(key);
  if (admin !== undefined) return { kind: 'admin', id: admin };
  const api = keys.api.find(key);
  return api === undefined ? undefined : { kind: 'api', id: api };
}

function mightiest(identities: readonly KeyIdentity[]): KeyIdentity | undefined {
  return identities.find(({ kind }) => kind === 'admin') ?? identities[0];
}
