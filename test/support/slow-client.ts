import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Answer } from './client.ts';
import { until } from './until.ts';

/** A client that sends what it is told, when it is told, and sees what comes back. */
export class SlowClient {
  readonly #socket: Socket;
  #text = '';
  #isOver = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk;
    });
    // A reset is an end like any other.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#isOver = true;
    });
    onTestFinished(() => void socket.destroy());
  }

  static async connect(url: string): Promise<SlowClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new SlowClient(socket);
  }

  send(bytes: string): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** What came so far. */
  get text(): string {
    return this.#text;
  }

  /** Resolves when this came. */
  async arrived(text: string): Promise<void> {
    await until(`"${text}" is here`, () => this.#text.includes(text));
  }

  /** Resolves when the server has closed the connection. */
  async over(): Promise<void> {
    await until('the server hangs up', () => this.#isOver);
  }

  /** The first answer, as soon as it is whole. */
  async answer(): Promise<Answer> {
    return await until('the server answers', () => parse(this.#text));
  }
}

function parse(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string]));
  const body = text.slice(end + 4, end + 4 + Number(headers.get('content-length') ?? 0));
  if (Buffer.byteLength(body) < Number(headers.get('content-length') ?? 0)) return undefined;
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: body === '' ? undefined : JSON.parse(body),
  };
}
