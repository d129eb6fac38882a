import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Bandwidth } from '../download/bandwidth.ts';
import { checkHead } from '../download/check-head.ts';
import { receive } from '../download/receive.ts';
import { writeFully } from '../download/write-fully.ts';
import { type RetryTools, withRetries } from '../remote/retry.ts';
import type { Transport, TransportResponse } from '../transport/transport.ts';
import type { ByteRange } from './plan.ts';

/** A file at a server, which must stay the same from the first range to the last. */
interface RemoteFile {
  readonly url: URL;
  readonly size: number;
  /** Of the first answer. */
  etag?: string | undefined;
}

export interface RangeFetch {
  readonly transport: Transport;
  readonly bandwidth: Bandwidth;
  readonly clock: Clock;
  readonly retry: RetryTools;
  readonly remote: RemoteFile;
  /** Where the bytes are written, at their offset. */
  readonly file: FileHandle;
  /** Told of what comes over the network. */
  readonly onPiece: (bytes: number) => void;
  /** Told of what is written. */
  readonly onBytes: (bytes: number) => void;
  /** Called before each write; throws when the file belongs to somebody else by now. */
  readonly ensureHeld: () => void;
}

/**
 * Fetches one range into its place. What has come before a connection broke is not asked for again.
 * @throws AttemptFailure when the server knows no ranges, sends another one, or has changed the file, and after several
 * attempts; the reason of the signal; errors of the file system.
 */
export async function fetchRange(fetch: RangeFetch, range: ByteRange, signal: AbortSignal): Promise<void> {
  const { file, remote, onBytes, ensureHeld } = fetch;
  let { start } = range;
  await withRetries(fetch.retry, signal, async () => {
    const response = await request(fetch, { start, end: range.end }, signal);
    await receive(response, {
      ...fetch,
      origin: remote.url.origin,
      signal,
      length: range.end - start,
      async flush(pieces) {
        ensureHeld();
        const bytes = await writeFully(file, pieces, start);
        start += bytes;
        onBytes(bytes);
      },
    });
  });
}

async function request(
  { transport, remote, clock }: RangeFetch,
  { start, end }: ByteRange,
  signal: AbortSignal,
): Promise<TransportResponse> {
  const headers: Record<string, string> = { range: `bytes=${start}-${end - 1}` };
  // A weak ETag may not be used for ranges (RFC 9110, 13.1.5); that it is the same is checked afterwards.
  if (remote.etag?.startsWith('"')) headers['if-range'] = remote.etag;
  const response = await transport.request({ url: remote.url, headers, signal });
  try {
    checkHead(response, { start, end, size: remote.size, isRange: true, etag: remote.etag }, clock.date());
    remote.etag ??= response.header('etag');
    return response;
  } catch (failure) {
    await response.discard();
    throw failure;
  }
}
