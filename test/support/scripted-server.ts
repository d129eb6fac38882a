import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

type Handler = (response: ServerResponse, seen: Seen) => void | Promise<void>;

/** Handlers by `GET /path`. Several for one route answer one request each, the last one all that follow. */
export type Script = Readonly<Record<string, Handler | readonly Handler[]>>;

/** A real HTTP server on a loopback port that says what a test tells it to. */
export class ScriptedServer {
  readonly seen: Seen[] = [];
  readonly #server: Server;
  readonly #script: Script;
  readonly #turns = new Map<string, number>();

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(script: Script): Promise<ScriptedServer> {
    const server = new ScriptedServer(script);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    onTestFinished(() => server.stop());
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was asked, as `GET /path`. */
  get asked(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = '', url = '', headers } = request;
    const seen = { method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) };
    this.seen.push(seen);
    const route = `${method} ${url}`;
    const handlers = [this.#script[route] ?? json(404, { message: `there is no ${route}` })].flat();
    const turn = this.#turns.get(route) ?? 0;
    this.#turns.set(route, turn + 1);
    await handlers[Math.min(turn, handlers.length - 1)]?.(response, seen);
  }
}

/** Answers with JSON. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Opens an event stream, for the test to write on. */
export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

/** One message of an event stream. */
export function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** An event stream of these reports; the last one is announced as such. */
export function events(...reports: readonly unknown[]): Handler {
  return (response) => {
    openEvents(response);
    response.write(': hello\n\n');
    for (const report of reports.slice(0, -1)) response.write(eventText('operation', report));
    response.end(eventText('end', reports.at(-1)));
  };
}

/** An event stream that breaks off in the middle of a message after these. */
export function brokenEvents(...reports: readonly unknown[]): Handler {
  return (response) => {
    openEvents(response);
    response.write(reports.map((report) => eventText('operation', report)).join(''));
    response.write('event: operation\ndata: {"id": "', () => response.destroy());
  };
}

/** Hangs up without an answer. */
export const hangUp: Handler = (response) => void response.destroy();
