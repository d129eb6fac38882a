import type { TransportResponse } from '../transport/transport.ts';
import { AttemptFailure } from './attempt-failure.ts';
import { askingToWait, parseRetryAfter } from './retry-after.ts';

/** What was asked for: bytes `[start, end)` of a file of `size` bytes; the whole file when no range was named. */
export interface Wanted {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly isRange: boolean;
  /** Under which earlier parts came. */
  readonly etag: string | undefined;
}

type Head = Pick<TransportResponse, 'status' | 'header'>;

/**
 * Makes sure that the body behind a head is exactly what was asked for.
 * @param now wall-clock time, for a Retry-After that is a date
 * @throws AttemptFailure
 */
export function checkHead(head: Head, wanted: Wanted, now: Date): void {
  const { status } = head;
  if (status !== 200 && status !== 206) throw statusFailure(head, now);
  const encoding = head.header('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    throw new AttemptFailure('encoded', `the body is encoded with ${encoding}`, { isFinal: true });
  }
  const etag = head.header('etag');
  if (wanted.etag !== undefined && etag !== wanted.etag) {
    throw new AttemptFailure('etag_changed', `the ETag changed from ${wanted.etag} to ${etag ?? 'none'}`);
  }
  if (wanted.isRange && status === 200) throw new AttemptFailure('range_ignored', '200 instead of 206');
  const range = head.header('content-range');
  const expected = `bytes ${wanted.start}-${wanted.end - 1}/${wanted.size}`;
  if (status === 206 && range !== expected) {
    throw new AttemptFailure('wrong_range', `Content-Range "${range ?? ''}" instead of "${expected}"`);
  }
  const length = head.header('content-length');
  if (length !== undefined && Number(length) !== wanted.end - wanted.start) {
    const reason = Number(length) < wanted.end - wanted.start ? 'truncated' : 'too_long';
    throw new AttemptFailure(reason, `${length} bytes instead of ${wanted.end - wanted.start}`);
  }
}

const WORTH_ANOTHER_TRY = new Set([408, 421, 425, 429]);

/** What a status other than 200 and 206 means. */
export function statusFailure(head: Head, now: Date): AttemptFailure {
  const { status } = head;
  const code = head.header('x-error-code');
  const isFinal = status < 500 && !WORTH_ANOTHER_TRY.has(status);
  const reason = isFinal ? 'not_there' : status === 429 ? 'throttled' : 'status';
  const retryAfterMs = parseRetryAfter(head.header('retry-after'), now);
  const wish = isFinal ? '' : askingToWait(retryAfterMs);
  const problem = `status ${status}${code === undefined ? '' : ` ${code}`}${wish}`;
  return new AttemptFailure(reason, problem, { isFinal, status, retryAfterMs });
}
