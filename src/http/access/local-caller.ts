import type { Request } from 'express';

/** Any of them says that a request was passed on. */
const PROXY_HEADERS = [
  'x-forwarded-for',
  'forwarded',
  'via',
  'x-real-ip',
  'x-forwarded-host',
  'x-forwarded-proto',
];

/**
 * True for a request that a program on this machine made itself. A proxy on this machine speaks for others; a browser may
 * have been led here under a foreign name (DNS rebinding), or speak for a page of another origin, which CORS may allow: none of
 * them counts.
 */
export function isLocal(request: Request): boolean {
  const isLoopback = /^(::ffff:)?127\.|^::1$/.test(request.socket.remoteAddress ?? '');
  const isForwarded = PROXY_HEADERS.some((name) => request.get(name) !== undefined);
  const host = request.get('host') ?? '';
  const isLocalName = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
  const origin = request.get('origin');
  const isSameOrigin =
    origin === undefined || /^https?:\/\/(.*)$/i.exec(origin)?.[1]?.toLowerCase() === host.toLowerCase();
  return isLoopback && !isForwarded && isLocalName && isSameOrigin;
}
