import { Counter, Histogram, type Registry } from 'prom-client';
import { methodLabel } from './bounded-label.ts';
import { REQUEST_SECONDS } from './buckets.ts';

/** An answered request, or one whose client left. */
export interface Answered {
  /** The pattern of the route, not the path: an unbounded label would grow the metrics without end. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
}

/** What the HTTP side of the server did. */
export function httpMetrics(registers: Registry[]) {
  const requests = new Counter({
    name: 'rerankd_http_requests_total',
    help: 'Answered HTTP requests by route, method and status; 499 when the client left first.',
    labelNames: ['route', 'method', 'status'] as const,
    registers,
  });
  return {
    httpRequests: {
      inc: ({ route, method, status }: Answered): void =>
        requests.inc({ route, method: methodLabel(method), status }),
      get: () => requests.get(),
    },
    httpDuration: new Histogram({
      name: 'rerankd_http_request_duration_seconds',
      help: 'Time from the request line to the end of the response.',
      labelNames: ['route'] as const,
      buckets: REQUEST_SECONDS,
      registers,
    }),
  };
}
