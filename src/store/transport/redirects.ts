import { TransportError } from './transport-error.ts';

const STATUSES = new Set([301, 302, 303, 307, 308]);

/** Headers that only the origin may see that was asked. */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** Of those with a Location that is followed: 300, 304 and 305 are none. */
export function isRedirect(status: number): boolean {
  return STATUSES.has(status);
}

/**
 * Where a redirect leads.
 * @throws TransportError redirect, when it names no place, or gives up encryption.
 */
export function redirectTarget(from: URL, location: string | undefined): URL {
  const target = location === undefined ? null : URL.parse(location, from.href);
  if (target === null) throw new TransportError('redirect', from, 'a redirect without a usable Location');
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new TransportError('redirect', from, `a redirect from https: to http: (${target.host})`);
  }
  return target;
}

/**
 * Headers for the next hop. Credentials go with it only while no redirect has led to another origin: one that did says where to look,
 * and must not have us sign in there, nor anywhere behind it.
 * @param tokens bearer tokens by the origin that they are for
 */
export function headersFor(
  origin: string,
  hasLeftHome: boolean,
  headers: Readonly<Record<string, string>>,
  tokens: ReadonlyMap<string, string>,
): Record<string, string> {
  const sent: Record<string, string> = { 'user-agent': 'rerankd', 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (!hasLeftHome || !CREDENTIALS.has(key)) sent[key] = value;
  }
  const token = hasLeftHome ? undefined : tokens.get(origin);
  if (token !== undefined && sent['authorization'] === undefined) sent['authorization'] = `Bearer ${token}`;
  return sent;
}
