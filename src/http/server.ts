import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { endsWithin } from '../platform/ends-within.ts';
import { endAfterFault, endWith, MAX_HEADERS_BYTES } from './access/protocol-errors.ts';
import type { TlsFiles } from './access/tls-files.ts';
import { errorBody } from './errors.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  /** The longest that the headers of a request may take to arrive. */
  readonly headersTimeoutMs: number;
  /** The longest that a body may take to arrive, and an answer to be fetched. */
  readonly bodyTimeoutMs: number;
  readonly maxConnections: number;
  /** Undefined: plain HTTP. */
  readonly tls: TlsFiles | undefined;
  /** Told why a connection was ended that had no request for a route. */
  readonly onRefused: (reason: string) => void;
}

/** Longer than the idle time of usual load balancers (60 s), so that it is never the server that hangs up first. */
const KEEP_ALIVE_MS = 75_000;

/** Whoever reads a body answers a slow one itself, and better; this ends what nobody reads. */
const BODY_GRACE_MS = 1_000;

/** Slow clients are found out at most so much too late. */
const CHECK_INTERVAL_MS = 1_000;

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** The listening socket, and how to leave it in peace. */
export class HttpServer {
  readonly #server: Server | TlsServer;
  readonly #clock: Clock;
  readonly #unfinished = new Set<ServerResponse>();
  /** Those in a TLS handshake too, which Node's HTTP server doesn't know yet. */
  readonly #sockets = new Set<Socket>();
  #stopping = false;

  private constructor(server: Server | TlsServer, { clock, bodyTimeoutMs, onRefused }: HttpServerOptions) {
    this.#server = server;
    this.#clock = clock;
    // First of the listeners, so that it sees a response before it is sent.
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      if (this.#stopping) response.shouldKeepAlive = false;
      this.#unfinished.add(response);
      response.once('close', () => this.#unfinished.delete(response));
      cutSlowReader(response, clock, bodyTimeoutMs);
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      const onIt = [...this.#unfinished].filter(({ req }) => req.socket === socket);
      const reason = endAfterFault(error, socket as Socket, onIt, clock);
      if (reason !== undefined) onRefused(reason);
    });
  }

  /** @throws Error with the code EADDRINUSE, EACCES and so on when it can't listen there. */
  static async listen(listener: RequestListener, options: HttpServerOptions): Promise<HttpServer> {
    const server = create(listener, options);
    server.maxConnections = options.maxConnections;
    server.on('drop', () => options.onRefused('limit'));
    // They are counted where they are refused; the bytes are bounded already.
    server.maxHeadersCount = 0;
    server.on('checkExpectation', answerUnknownExpectation);
    server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
      answerConnect(socket as Socket, options.clock),
    );
    const http = new HttpServer(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, resolve);
    });
    return http;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new connections, lets the requests in flight end, and cuts off what is left after the timeout. */
  async close(timeoutMs: number): Promise<void> {
    this.#stopping = true;
    // Their connections would stay open for another request, and the server with them.
    for (const response of this.#unfinished) response.shouldKeepAlive = false;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await endsWithin(this.#clock, timeoutMs, closed);
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function create(
  listener: RequestListener,
  { headersTimeoutMs, bodyTimeoutMs, tls, onRefused }: HttpServerOptions,
): Server | TlsServer {
  const settings: ServerOptions = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: headersTimeoutMs,
    requestTimeout: headersTimeoutMs + bodyTimeoutMs + BODY_GRACE_MS,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, headersTimeoutMs),
    maxHeaderSize: MAX_HEADERS_BYTES,
    // Node's own refusal has an empty body. No route needs the header; where its absence matters, it is looked at.
    requireHostHeader: false,
  };
  if (tls === undefined) return createServer(settings, listener);
  const options = { minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIMEOUT_MS } as const;
  const server = createTlsServer({ ...settings, ...options, ...tls.current }, listener);
  tls.onChange((pair) => server.setSecureContext({ ...options, ...pair }));
  server.on('tlsClientError', () => onRefused('tls'));
  return server;
}

/** Ends the connection of a client that lets its answer lie, and the memory of it with the server. */
function cutSlowReader(response: ServerResponse, clock: Clock, timeoutMs: number): void {
  // From here on all of the answer is the socket's to send.
  response.once('prefinish', () => {
    const { socket } = response;
    const cancel = clock.after(timeoutMs, () => socket?.destroy());
    response.once('close', cancel);
  });
}

function answerUnknownExpectation(request: IncomingMessage, response: ServerResponse): void {
  const message = `the header "Expect: ${request.headers.expect}" can't be met`;
  const detail = 'Leave the header out, or send "Expect: 100-continue".';
  const body = JSON.stringify(errorBody(new ServiceError('invalid_request', message, { detail })));
  response.writeHead(417, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(body);
}

function answerConnect(socket: Socket, clock: Clock): void {
  // Whoever leaves now is no failure of the server's.
  socket.on('error', () => socket.destroy());
  const detail = 'This server is no proxy: look whether HTTP_PROXY or HTTPS_PROXY names it.';
  endWith(socket, 405, new ServiceError('invalid_request', 'there is no CONNECT here', { detail }), clock);
}
