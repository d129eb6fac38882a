import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NamedKey } from '../../platform/keys/parse-keys.ts';

/** So that what lies in memory, and the order of comparisons, says nothing about a key to whoever doesn't have it. */
const PEPPER = randomBytes(32);

/** A set of keys that can be asked for one, and never gives one away. */
export class KeyRing {
  readonly #digests: readonly { readonly id: string; readonly digest: Buffer }[];

  constructor(keys: readonly NamedKey[]) {
    this.#digests = keys.map(({ id, key }) => ({ id, digest: digestOf(key) }));
  }

  get size(): number {
    return this.#digests.length;
  }

  /** The ids of keys that are in another set too. */
  idsSharedWith(other: KeyRing): string[] {
    return this.#digests
      .filter(({ digest }) => other.#digests.some((known) => timingSafeEqual(known.digest, digest)))
      .map(({ id }) => id);
  }

  /**
   * The id of a key. Digests have one length, each is compared in constant time, and all of them are: the time says
   * neither which key nor how much of one was right.
   */
  find(given: string): string | undefined {
    const digest = digestOf(given);
    let found: string | undefined;
    for (const known of this.#digests) if (timingSafeEqual(known.digest, digest)) found = known.id;
    return found;
  }
}

function digestOf(key: string): Buffer {
  return createHmac('sha256', PEPPER).update(key).digest();
}
