import type { Clock } from '../../platform/clock.ts';
import type { Answer, ServerAddress } from './address.ts';
import { EventStreamParser, type ServerEvent } from './event-stream.ts';
import { connectionFailure, Refusal, refusal } from './failures.ts';
import { Patience } from './patience.ts';

interface Request {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const MAX_ANSWER_BYTES = 16 * 2 ** 20;
const TIMEOUT_MS = 30_000;

/** A stream is expected to say something, be it a heartbeat, within this time. */
const SILENCE_MS = 45_000;

/** Talks to a rerankd over HTTP. Waits for nothing without a limit. */
export class ServerClient {
  readonly address: ServerAddress;
  readonly #clock: Clock;

  constructor(address: ServerAddress, clock: Clock) {
    this.address = address;
    this.#clock = clock;
  }

  /**
   * Asks once. An answer that is an error is an answer.
   * @throws ConnectionFailure when there is none in time; the signal's reason.
   */
  async request({ timeoutMs = TIMEOUT_MS, ...request }: Request): Promise<Answer> {
    using patience = new Patience(this.address.url, timeoutMs, this.#clock);
    try {
      return await toAnswer(await this.#fetch(request, patience.signal));
    } catch (error) {
      request.signal?.throwIfAborted();
      throw connectionFailure(this.address, error);
    }
  }

  /** As `request`, for who can't do anything with an error. @throws Refusal too. */
  async ask(request: Request): Promise<unknown> {
    const answer = await this.request(request);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw refusal(this.address, answer);
  }

  /**
   * Listens to an event stream until the server closes it.
   * @throws ConnectionFailure when it breaks or falls silent; Refusal when there is none; the signal's reason.
   */
  async *events(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent, void> {
    using patience = new Patience(this.address.url, SILENCE_MS, this.#clock);
    try {
      const headers = { accept: 'text/event-stream' };
      const response = await this.#fetch({ path, headers, signal }, patience.signal);
      if (!response.ok) throw refusal(this.address, await toAnswer(response));
      const parser = new EventStreamParser();
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        patience.restart();
        yield* parser.push(decoder.decode(chunk, { stream: true }));
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof Refusal ? error : connectionFailure(this.address, error);
    }
  }

  async #fetch({ method = 'GET', path, body, headers, signal }: Request, stopped: AbortSignal) {
    const { url, key } = this.address;
    return fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal === undefined ? stopped : AbortSignal.any([signal, stopped]),
    });
  }
}

async function toAnswer(response: Response): Promise<Answer> {
  const text = await readText(response, MAX_ANSWER_BYTES);
  return { status: response.status, body: parseJson(text), headers: response.headers };
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
