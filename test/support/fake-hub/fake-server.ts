import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** An HTTP server on a free loopback port that can be killed and come back on the same port. */
export class FakeServer {
  readonly #answer: Answer;
  #server: Server | undefined;
  #port = 0;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      // Clients that hang up are what these servers are for.
      response.on('error', () => {});
      this.#answer(request, response).catch(() => response.destroy());
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Every connection ends at once, and new ones are refused. */
  kill(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
  }
}
