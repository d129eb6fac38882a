import type { Request } from 'express';
import { DEFAULT_KEY_ID, type KeyKind } from './keys.ts';

/** Who asks, as far as the server knows. `local` is a program on this machine on a route for administrators. */
export type Identity = { readonly kind: KeyKind; readonly id: string } | { readonly kind: 'local' };

const identities = new WeakMap<object, Identity>();

/** Kept beside the request, where no client and no body parser can put one. */
export function setIdentity(request: object, identity: Identity): void {
  identities.set(request, identity);
}

/** Undefined before a guard has looked, and on routes and servers where nobody asks for a key. */
export function identityOf(request: Request): Identity | undefined {
  return identities.get(request);
}

/** As logs and audit lines have it: `key <id>`, `admin key`, `admin key <id>`, `local`. */
export function nameOf(identity: Identity): string {
  if (identity.kind === 'local') return 'local';
  if (identity.kind === 'api') return `key ${identity.id}`;
  return identity.id === DEFAULT_KEY_ID ? 'admin key' : `admin key ${identity.id}`;
}
