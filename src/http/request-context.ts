import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { logFieldsOf } from '../platform/tracing/request-trace.ts';
import type { Tracing } from '../platform/tracing/tracing.ts';
import { identityOf, nameOf } from './access/identity.ts';
import { beginTrace } from './request-trace.ts';

export interface RequestContextOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'httpRequests' | 'httpDuration'>;
  /** Undefined while nobody wants traces. */
  readonly tracing?: Tracing | undefined;
}

const TURNED_AWAY: ReadonlySet<number> = new Set([401, 403, 408, 413, 429, 431]);

/** Gives every request an id, and counts, times and logs it when it is over. */
export function requestContext({ clock, logger, metrics, tracing }: RequestContextOptions): RequestHandler {
  return (request, response, next) => {
    const startedAt = clock.now();
    const given = request.get('x-request-id');
    const requestId = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
    response.set({ 'x-request-id': requestId, 'X-Content-Type-Options': 'nosniff' });
    const trace = beginTrace(request, response, requestId, tracing);
    const from = request.socket.remoteAddress;
    response.once('close', () => {
      const ms = clock.now() - startedAt;
      // Patterns, not paths: an unbounded label would grow the metrics without end.
      const route: string = request.route?.path ?? 'unmatched';
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.httpRequests.inc({ route, method: request.method, status });
      metrics.httpDuration.observe({ route }, ms / 1000);
      trace.end(route, status);
      const identity = identityOf(request);
      const who = {
        ...(identity && { by: nameOf(identity) }),
        // Who was turned away has no name but this.
        ...(TURNED_AWAY.has(status) && { from }),
      };
      logger[levelOf(status)](
        { ...logFieldsOf(trace), method: request.method, path: request.path, status, ms, ...who },
        'request',
      );
    });
    next();
  };
}

/** A signal that aborts when the client closes the connection before it has its answer. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/**
 * 429 and 503 say when to come back, may come by the thousand, and are counted. What makes the server unavailable has a line of its
 * own in the log.
 */
function levelOf(status: number): 'debug' | 'info' | 'error' {
  if (status === 429 || status === 503) return 'debug';
  if (status >= 500) return 'error';
  return status >= 400 ? 'info' : 'debug';
}
