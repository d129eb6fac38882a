import type { Request } from 'express';

/**
 * Any of them says that a request was passed on: by a proxy that was told to say so, or does so by itself (Apache, Caddy,
 * Envoy, Linkerd, Traefik, IIS, the edges of CDNs and their tunnels). No client sends one of them on its own account.
 */
const FORWARDED =
  /^(x-forwarded(-.+)?|forwarded|via|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|x-original-(forwarded-for|host|uri|url)|x-envoy-.+|l5d-.+|x-arr-.+|cf-.+|cdn-loop|max-forwards)$/;

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

const LOCAL_NAME = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/**
 * True for a request that looks as if a program on this machine had made it itself. A proxy on this machine speaks for others; a
 * browser may have been led here under a foreign name (DNS rebinding), or speak for a page of another origin, which CORS may
 * allow: none of them counts.
 *
 * It can't be sure of proxies: one that adds no header, names the server by a local name and speaks HTTP/1.1 sends just what a
 * local program would. Behind such a one only a key, or a port of their own, protects the routes for administrators.
 */
export function isLocal(request: Request): boolean {
  return (
    LOOPBACK.test(request.socket.remoteAddress ?? '') &&
    LOCAL_NAME.test(hostOf(request)) &&
    !isPassedOn(request) &&
    isOfThisOrigin(request)
  );
}

function isPassedOn({ headers, httpVersion }: Request): boolean {
  // nginx before 1.29.7 speaks HTTP/1.0 to servers unless told otherwise; curl, browsers and HTTP libraries do not.
  return httpVersion !== '1.1' || Object.keys(headers).some((name) => FORWARDED.test(name));
}

/** A browser says of which page it is, and a proxy passes that on: by Origin, or by Referer where a GET has no Origin. */
function isOfThisOrigin(request: Request): boolean {
  const page = request.get('origin') ?? request.get('referer');
  if (page === undefined) return true;
  const url = URL.parse(page);
  return url !== null && /^https?:$/.test(url.protocol) && url.host === hostOf(request);
}

function hostOf(request: Request): string {
  return (request.get('host') ?? '').toLowerCase();
}
