import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Transport } from '../../src/store/transport/transport.ts';
import { SetupError } from './errors.ts';

/** Archives have some hundred MB. */
const MAX_ARCHIVE_BYTES = 2 * 2 ** 30;
const HEADERS_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 60_000;

export interface DownloadOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Brings a file. Nothing is tried twice: an archive that was fetched by other means can be named instead.
 * @throws SetupError for an answer that is not the file; TransportError when it does not come.
 */
export async function download(
  url: URL,
  path: string,
  { transport, signal, onProgress }: DownloadOptions,
): Promise<void> {
  const response = await transport.request({
    url,
    signal,
    headersTimeoutMs: HEADERS_TIMEOUT_MS,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
  });
  const length = response.header('content-length');
  const total = length === undefined ? Number.NaN : Number(length);
  if (response.status !== 200 || total > MAX_ARCHIVE_BYTES) {
    await response.discard();
    throw new SetupError(
      response.status === 200
        ? `${url.origin}${url.pathname} has ${total} bytes; at most ${MAX_ARCHIVE_BYTES} are fetched`
        : `${url.origin}${url.pathname} answers ${response.status}`,
    );
  }
  let done = 0;
  const count = new Transform({
    transform(piece: Buffer, _encoding, pass) {
      done += piece.length;
      onProgress(done, total);
      pass(
        done > MAX_ARCHIVE_BYTES
          ? new SetupError(`${url.origin}${url.pathname} has more than ${MAX_ARCHIVE_BYTES} bytes`)
          : null,
        piece,
      );
    },
  });
  await pipeline(Readable.from(response.body), count, createWriteStream(path, { flags: 'wx' }), { signal });
  if (done < total)
    throw new SetupError(`${url.origin}${url.pathname} ended after ${done} of ${total} bytes`);
}
