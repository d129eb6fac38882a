import type { Clock } from '../../platform/clock.ts';
import { askingToWait, parseRetryAfter } from '../download/retry-after.ts';
import type { Transport, TransportResponse } from '../transport/transport.ts';

/** Far beyond a page of a tree or the description of a model. */
const MAX_BODY_BYTES = 32 * 2 ** 20;

/** The answer can't be used. The message completes "huggingface.co …". */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    about: { status?: number; code?: string | undefined; retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.status = about.status;
    this.code = about.code;
    this.retryAfterMs = about.retryAfterMs;
  }
}

export interface JsonAnswer {
  readonly value: unknown;
  header(name: string): string | undefined;
}

/**
 * Gets a small JSON document.
 * @param timeoutMs for all of it
 * @throws UnusableAnswer, what the transport throws, or the reason of the signal.
 */
export async function requestJson(
  transport: Transport,
  clock: Clock,
  url: URL,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () =>
    late.abort(new UnusableAnswer(`did not answer within ${Math.round(timeoutMs / 100) / 10} s`)),
  );
  try {
    const response = await transport.request({
      url,
      headers: { accept: 'application/json' },
      headersTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
      signal: AbortSignal.any([signal, late.signal]),
    });
    if (response.status !== 200) throw await unusable(response, clock);
    return { value: await readJson(response), header: (name) => response.header(name) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    cancel();
  }
}

async function unusable(response: TransportResponse, clock: Clock): Promise<UnusableAnswer> {
  await response.discard();
  const { status } = response;
  const retryAfterMs = parseRetryAfter(response.header('retry-after'), clock.date());
  return new UnusableAnswer(`answered ${status}${askingToWait(retryAfterMs)}`, {
    status,
    code: response.header('x-error-code'),
    retryAfterMs,
  });
}

async function readJson(response: TransportResponse): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new UnusableAnswer(`sent more than ${MAX_BODY_BYTES / 2 ** 20} MiB where a listing was expected`);
    }
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new UnusableAnswer('sent something else than JSON');
  }
}
