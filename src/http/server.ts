import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ServiceError } from '../errors.ts';
import { type Clock, delay } from '../platform/clock.ts';
import { errorBody } from './errors.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
}

/** Longer than the idle time of usual load balancers (60 s), so that it is never the server that hangs up first. */
const KEEP_ALIVE_MS = 75_000;

/** A client that sends its headers or its body slower than this is not served. */
const HEADERS_TIMEOUT_MS = 15_000;
const WHOLE_REQUEST_TIMEOUT_MS = 60_000;

/** The listening socket, and how to leave it in peace. */
export class HttpServer {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #unfinished = new Set<ServerResponse>();
  #stopping = false;

  private constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    // First of the listeners, so that it sees a response before it is sent.
    server.prependListener('request', (_request, response) => {
      if (this.#stopping) response.shouldKeepAlive = false;
      this.#unfinished.add(response);
      response.once('close', () => this.#unfinished.delete(response));
    });
  }

  /** @throws Error with the code EADDRINUSE, EACCES and so on when it can't listen there. */
  static async listen(
    listener: RequestListener,
    { host, port, clock }: HttpServerOptions,
  ): Promise<HttpServer> {
    const server = createServer(
      {
        keepAliveTimeout: KEEP_ALIVE_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: WHOLE_REQUEST_TIMEOUT_MS,
        // Node's own refusal has an empty body. No route needs the header; where its absence matters, it is looked at.
        requireHostHeader: false,
      },
      listener,
    );
    server.on('clientError', answerBrokenRequest);
    server.on('checkExpectation', answerUnknownExpectation);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return new HttpServer(server, clock);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new connections, lets the requests in flight end, and cuts off what is left after the timeout. */
  async close(timeoutMs: number): Promise<void> {
    this.#stopping = true;
    // Their connections would stay open for another request, and the server with them.
    for (const response of this.#unfinished) response.shouldKeepAlive = false;
    const enough = new AbortController();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await Promise.race([closed, delay(this.#clock, timeoutMs, enough.signal)]);
    enough.abort();
    this.#server.closeAllConnections();
    await closed;
  }
}

function answerUnknownExpectation(request: IncomingMessage, response: ServerResponse): void {
  const message = `the header "Expect: ${request.headers.expect}" can't be met`;
  response.writeHead(417, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(errorBody(new ServiceError('invalid_request', message))));
}

/** What is not HTTP gets the same error shape as everything else. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(
    errorBody(new ServiceError('invalid_request', `not a valid HTTP request: ${error.message}`)),
  );
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
