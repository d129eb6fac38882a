import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SizedRequest } from '../workload/request-file.ts';

/** A request, ready to be sent many times. */
export interface PreparedRequest {
  readonly body: Buffer;
  readonly documents: number;
  readonly tokens: number;
}

export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body, as it came. */
  readonly content: string;
  /** From before the first byte went out until the last one was there. */
  readonly latencyMs: number;
  /** What is wrong with it, in words. */
  readonly fault: string | undefined;
}

/** Longer than any answer may take; a server that hangs shall not hang the bench. */
const TIMEOUT_MS = 900_000;

const FAULT_CHARACTERS = 300;

/** As many connections as there are requests under way, each kept for the next request. */
export class Client {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
  }

  /** Never rejects: a broken connection is an answer with status 0. */
  async ask({ body, documents }: PreparedRequest): Promise<Answer> {
    const startedAt = performance.now();
    try {
      const { status, headers, content } = await this.#send(body);
      const latencyMs = performance.now() - startedAt;
      return { status, headers, content, latencyMs, fault: findFault(status, content, documents) };
    } catch (error) {
      const latencyMs = performance.now() - startedAt;
      return { status: 0, headers: {}, content: '', latencyMs, fault: (error as Error).message };
    }
  }

  async #send(body: Buffer): Promise<{ status: number; headers: IncomingHttpHeaders; content: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number;
      headers: IncomingHttpHeaders;
      content: string;
    }>();
    const sent = request(this.#url, {
      agent: this.#agent,
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/json', 'content-length': body.byteLength },
      timeout: TIMEOUT_MS,
    });
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      text(response).then((content) => resolve({ status, headers, content }), reject);
    });
    sent.end(body);
    return await promise;
  }
}

/** Turns a request of a file into what goes over the wire. */
export function prepare({ query, documents, tokens }: SizedRequest): PreparedRequest {
  return { body: Buffer.from(JSON.stringify({ query, documents })), documents: documents.length, tokens };
}

function findFault(status: number, content: string, documents: number): string | undefined {
  if (status !== 200) return `status ${status}: ${content.slice(0, FAULT_CHARACTERS)}`;
  const { results } = JSON.parse(content) as { results?: unknown };
  if (Array.isArray(results) && results.length === documents) return undefined;
  return `not ${documents} results: ${content.slice(0, FAULT_CHARACTERS)}`;
}
