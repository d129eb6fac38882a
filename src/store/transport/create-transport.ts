import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { Exchange } from './exchange.ts';
import { guardedLookup } from './guarded-lookup.ts';
import { HostGuard, type HostPolicy } from './host-guard.ts';
import { publicUrl } from './public-url.ts';
import { headersFor, isRedirect, redirectTarget } from './redirects.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';
import { TransportError } from './transport-error.ts';

const MAX_REDIRECTS = 5;
const HEADERS_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
const CONNECTIONS_PER_ORIGIN = 32;
const KEEP_ALIVE_MS = 10_000;

/** As HTTP_PROXY, HTTPS_PROXY and NO_PROXY have them. A proxy resolves names itself: its own rules replace the guard's for names. */
export interface Proxies {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  readonly except?: string | undefined;
}

export interface TransportOptions extends HostPolicy {
  /** Bearer tokens by the origin (`https://hub.example`) that they are for. They are sent nowhere else, and to no other origin by redirect. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly proxies?: Proxies | undefined;
  /** In place of the resolver of the system. */
  readonly lookup?: LookupFunction;
}

/**
 * HTTP to hubs, mirrors and static servers. Each hop of each request passes the guard: allowed hosts, no private, link-local
 * or metadata address, for literals before anything is sent and for names when they have been resolved. At most 5
 * redirects, never from https: to http:. HTTP/1.1 only: HTTP/2 would put all parts of a file on one connection, and
 * servers limit connections.
 */
export function createTransport(options: TransportOptions): Transport {
  const guard = new HostGuard(options);
  const settings = {
    allowH2: false,
    pipelining: 1,
    connections: CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    factory: (origin: string | URL, given: object) => poolOf(origin, given, guard, options.lookup),
  } as const;
  const agent = dispatcherOf(settings, options.proxies);
  return {
    request: (request) => requestThrough(agent, guard, options, request),
    close: () => agent.destroy(),
  };
}

/** Each origin has its own resolver: a private address that one may have, another port of the same host may not. */
function poolOf(
  origin: string | URL,
  given: Pool.Options,
  guard: HostGuard,
  lookup: LookupFunction | undefined,
): Dispatcher {
  // A tunnel through a proxy: names are the proxy's business.
  if (typeof given.connect === 'function') return new Pool(origin, given);
  const own = guardedLookup(guard, new URL(origin), lookup);
  return new Pool(origin, { ...given, connect: { timeout: HEADERS_TIMEOUT_MS, lookup: own } });
}

function dispatcherOf(settings: Agent.Options, proxies: Proxies = {}): Dispatcher {
  const { http = '', https = '', except = '' } = proxies;
  if (http === '' && https === '') return new Agent(settings);
  // Empty means none. What is left out it would look for in the environment.
  return new EnvHttpProxyAgent({ ...settings, httpProxy: http, httpsProxy: https, noProxy: except });
}

async function requestThrough(
  agent: Dispatcher,
  guard: HostGuard,
  { tokens, clock, logger }: TransportOptions,
  request: TransportRequest,
): Promise<TransportResponse> {
  const { method = 'GET', headers = {}, followRedirects = true, signal } = request;
  const deadline = clock.now() + (request.headersTimeoutMs ?? HEADERS_TIMEOUT_MS);
  let { url } = request;
  let hasLeftHome = false;
  for (let hops = 0; ; hops += 1) {
    guard.checkUrl(url);
    const sent = headersFor(url.origin, hasLeftHome, headers, tokens);
    const ask = async () => {
      const exchange = new Exchange(clock, signal);
      const left = Math.max(1, Math.round(deadline - clock.now()));
      return { exchange, head: await exchange.head(agent, url, method, sent, left) };
    };
    const { exchange, head } = await ask().catch((error) => {
      // A server may end a connection that is kept alive just when it is used again (RFC 9112, 9.3.1).
      if (error instanceof TransportError && error.kind === 'reset') return ask();
      throw error;
    });
    logger.debug({ method, url: publicUrl(url), status: head.statusCode }, 'fetched a head');
    const header = (name: string): string | undefined => joined(head.headers[name.toLowerCase()]);
    if (!followRedirects || !isRedirect(head.statusCode)) {
      return {
        status: head.statusCode,
        url,
        header,
        body: exchange.pieces(url, request.idleTimeoutMs ?? IDLE_TIMEOUT_MS),
        discard: () => exchange.discard(),
      };
    }
    await exchange.discard();
    if (hops === MAX_REDIRECTS)
      throw new TransportError('redirect', url, `more than ${MAX_REDIRECTS} redirects`);
    url = redirectTarget(url, header('location'));
    hasLeftHome ||= url.origin !== request.url.origin;
  }
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
