import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connections opened at a time: more would only wait in the listener's backlog. */
const AT_ONCE = 200;

/** Bad clients of one server, all on sockets of their own. Disposing it closes them. */
export class Crowd implements Disposable {
  readonly #host: string;
  readonly #port: number;
  readonly #sockets: Socket[] = [];

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** Connections that are still open. */
  get open(): number {
    return this.#sockets.filter(({ readyState }) => readyState === 'open').length;
  }

  /**
   * Opens connections and hands each to `use`.
   * @returns how many could be opened.
   */
  async join(
    count: number,
    use: (socket: Socket, index: number) => void,
    signal: AbortSignal,
  ): Promise<number> {
    let opened = 0;
    for (let first = 0; first < count; first += AT_ONCE) {
      signal.throwIfAborted();
      const batch = Array.from({ length: Math.min(AT_ONCE, count - first) }, async (_, index) => {
        const socket = await this.#connect();
        if (socket === undefined) return;
        opened++;
        use(socket, first + index);
      });
      await Promise.all(batch);
    }
    return opened;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(): Promise<Socket | undefined> {
    const socket = connect(this.#port, this.#host);
    // Whatever becomes of it later is no news: it is a bad client.
    socket.on('error', () => {});
    this.#sockets.push(socket);
    return await once(socket, 'connect').then(
      () => socket,
      () => undefined,
    );
  }
}

/** The bytes of a request as they go over the wire. */
export function rawRequest(body: string, length = Buffer.byteLength(body)): string {
  return `POST /rerank HTTP/1.1\r\nHost: chaos\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
}
