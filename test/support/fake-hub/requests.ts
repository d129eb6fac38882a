import type { IncomingMessage } from 'node:http';

/** One request that a fake server saw. */
export interface SeenRequest {
  readonly server: 'hub' | 'cdn';
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  /** The header as it came; undefined when there was none. */
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  status: number | undefined;
  /** Bytes of the body that were handed to the network. */
  bytesSent: number;
}

/** The requests of both servers in the order of their coming. */
export class RequestRecord {
  readonly all: SeenRequest[] = [];

  add(server: 'hub' | 'cdn', request: IncomingMessage): SeenRequest {
    const seen: SeenRequest = {
      server,
      method: request.method ?? '',
      path: request.url ?? '',
      range: request.headers.range,
      ifRange: request.headers['if-range'] as string | undefined,
      authorization: request.headers.authorization,
      userAgent: request.headers['user-agent'],
      status: undefined,
      bytesSent: 0,
    };
    this.all.push(seen);
    return seen;
  }

  clear(): void {
    this.all.length = 0;
  }

  to(path: string | RegExp): SeenRequest[] {
    return this.all.filter((seen) =>
      typeof path === 'string' ? seen.path.includes(path) : path.test(seen.path),
    );
  }

  bytesSent(path: string | RegExp = ''): number {
    return this.to(path).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  }
}
