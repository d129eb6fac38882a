import { ServiceError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { unlessAborted } from './unless-aborted.ts';

/** The client went away: nobody reads the answer, and what was not begun is dropped. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * Runs `work` until it ends, its time is up, or the client is gone, whichever comes first.
 * @param work gets a signal that aborts with the reason that this function throws.
 * @throws ServiceError timeout, ClientGone, or what `work` throws.
 */
export async function deadline<T>(
  clock: Clock,
  timeoutMs: number,
  gone: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const leave = (): void => stop.abort(new ClientGone('the client closed the connection'));
  const cancel = clock.after(timeoutMs, () => {
    stop.abort(
      new ServiceError('timeout', `the request was not done within ${timeoutMs} ms`, {
        detail:
          'Send fewer or shorter documents, or raise timeout_ms in the body, the header X-Request-Timeout, or RERANK_REQUEST_TIMEOUT_MS.',
      }),
    );
  });
  if (gone.aborted) leave();
  gone.addEventListener('abort', leave, { once: true });
  try {
    return await unlessAborted(work(stop.signal), stop.signal);
  } finally {
    cancel();
    gone.removeEventListener('abort', leave);
  }
}
