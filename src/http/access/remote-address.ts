import type { Request } from 'express';

/**
 * What is counted by address: an IPv4 address, or the first half of an IPv6 one, since a single customer has all of the
 * second half (RFC 6177).
 */
export function remoteNetwork(request: Pick<Request, 'socket'>): string {
  const address = (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  // "::" stands for as many zero groups as are missing.
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])];
  return `${all.slice(0, 4).join(':')}::/64`;
}
