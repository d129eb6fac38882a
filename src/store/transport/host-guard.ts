import { isIP } from 'node:net';
import { kindOfAddress } from './address-ranges.ts';
import { TransportError } from './transport-error.ts';

export interface HostPolicy {
  /**
   * Which hosts may have an address of a private network: none, all, or those named. Addresses at which clouds keep
   * credentials (all that is link-local) are open only to hosts that are named.
   */
  readonly allowPrivate: boolean | readonly string[];
  /** Origins (`http://127.0.0.1:8080`) that may have any address; other ports of the same host may not. */
  readonly privateOrigins?: readonly string[] | undefined;
  /** Which hosts may be asked at all, redirects included: `hub.example`, or `*.hub.example` for all below it. */
  readonly allowedHosts: readonly string[] | 'any';
}

/** Says no to requests that would reach what only this machine can. */
export class HostGuard {
  readonly #isAnyAllowed: boolean;
  readonly #allowed: readonly string[];
  readonly #isAnyPrivate: boolean;
  readonly #private: ReadonlySet<string>;
  readonly #privateOrigins: ReadonlySet<string>;

  constructor({ allowPrivate, privateOrigins = [], allowedHosts }: HostPolicy) {
    this.#isAnyAllowed = allowedHosts === 'any';
    this.#allowed = allowedHosts === 'any' ? [] : allowedHosts.map(bareHost);
    this.#isAnyPrivate = allowPrivate === true;
    this.#private = new Set(typeof allowPrivate === 'boolean' ? [] : allowPrivate.map(bareHost));
    this.#privateOrigins = new Set(privateOrigins);
  }

  /**
   * Looks at a URL before anything is sent. The parser of URLs has turned every spelling of an IPv4 address (decimal,
   * octal, hexadecimal, full-width) into the dotted one by then. Names are looked at again when they have addresses.
   * @throws TransportError refused
   */
  checkUrl(url: URL): void {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
      throw new TransportError('refused', url, `${url.protocol} is not fetched, only https: and http:`);
    }
    if (url.username !== '' || url.password !== '') {
      throw new TransportError(
        'refused',
        url,
        'credentials in a URL are not used; configure a token instead',
      );
    }
    const host = bareHost(url.hostname);
    if (!this.#isAllowed(host)) {
      throw new TransportError('refused', url, `${host} is not among the hosts that may be asked`);
    }
    if (isIP(host) !== 0) this.checkAddress(url, host);
  }

  /**
   * Looks at the address that is about to be connected to.
   * @param url of the request, or its origin
   * @throws TransportError refused
   */
  checkAddress(url: URL, address: string): void {
    const kind = kindOfAddress(address);
    const host = bareHost(url.hostname);
    if (kind === 'public' || this.#private.has(host) || this.#privateOrigins.has(url.origin)) return;
    if (kind === 'local' && this.#isAnyPrivate) return;
    const meaning = {
      local: 'an address of a private network',
      metadata: 'a link-local or metadata address',
      reserved: 'a reserved address',
    }[kind];
    const of = host === address ? `${host} is` : `${host} has the address ${address},`;
    throw new TransportError(
      'refused',
      url,
      `${of} ${meaning}; if it is meant, name ${host} in RERANK_HUB_ALLOW_PRIVATE`,
    );
  }

  #isAllowed(host: string): boolean {
    if (this.#isAnyAllowed) return true;
    return this.#allowed.some((allowed) =>
      allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed,
    );
  }
}

/** As it is compared: without the brackets of IPv6, without a final dot, in lower case. */
function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
