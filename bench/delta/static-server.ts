import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A static web server with ranges, on loopback, that counts what it sends. Disposing it closes it. */
export class StaticServer implements Disposable {
  /** Bytes of all answers since it was last set to zero. */
  sent = 0;
  readonly #server: Server;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#server = createServer(
      (request, response) => void this.#serve(request.url ?? '', request.headers.range, response),
    );
  }

  static async start(directory: string): Promise<StaticServer> {
    const started = new StaticServer(directory);
    await new Promise<void>((resolve) => {
      started.#server.listen(0, '127.0.0.1', resolve);
    });
    return started;
  }

  urlOf(path: string): URL {
    const { port } = this.#server.address() as AddressInfo;
    return new URL(path, `http://127.0.0.1:${port}/`);
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(url: string, range: string | undefined, response: ServerResponse): Promise<void> {
    const path = join(this.#directory, new URL(url, 'http://host').pathname);
    const info = await stat(path).catch(() => undefined);
    if (!info?.isFile()) return void response.writeHead(404).end();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const [start, end] = [Number(from ?? 0), Math.min(Number(to ?? info.size - 1), info.size - 1)];
    if (from !== undefined) response.setHeader('content-range', `bytes ${start}-${end}/${info.size}`);
    response.writeHead(from === undefined ? 200 : 206, { 'content-length': end - start + 1 });
    this.sent += end - start + 1;
    await pipeline(createReadStream(path, { start, end }), response).catch(() => {});
  }
}
