import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { MutatedRequest } from './mutated-request.ts';

/** What came back, or that the client left before. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** A connection pool to one server, that keeps its connections as real clients do. */
export class Connections implements Disposable {
  readonly #agent: Agent;
  readonly #origin: URL;

  constructor(origin: string, most: number) {
    this.#origin = new URL(origin);
    this.#agent = new Agent({ keepAlive: true, maxSockets: most });
  }

  /**
   * @returns undefined for a client that left.
   * @throws Error when there is no answer within the time, or the connection ends without one.
   */
  send(request: MutatedRequest, timeoutMs: number): Promise<Reply | undefined> {
    const { method, path, headers, body, isChunked, leavesAfter } = request;
    const { hostname, port } = this.#origin;
    const length = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) };
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const all = { ...headers, ...length };
      const sent = httpRequest({ hostname, port, method, path, headers: all, agent: this.#agent, signal });
      sent.once('response', (response) => void read(response).then(resolve, reject));
      sent.once('error', (error) => {
        if (leavesAfter !== undefined) resolve(undefined);
        else reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
      });
      if (leavesAfter === undefined) sent.end(body);
      else sent.write(body.subarray(0, leavesAfter), () => sent.destroy(new Error('gone')));
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    text: Buffer.concat(chunks).toString(),
  };
}
