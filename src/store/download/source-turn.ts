import type { Semaphore } from 'async-mutex';
import { delay } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { type AttemptContext, attemptPart, attemptWhole } from './attempt.ts';
import { type AttemptFailure, asAttemptFailure } from './attempt-failure.ts';
import { backoffMs, type RetryPolicy } from './backoff.ts';
import type { DownloadMetrics } from './blob.ts';

/** An attempt that brought so much begins a new count of failures. */
const PROGRESS_BYTES = 2 ** 20;
/** A source whose ETag changes more often is asked for the whole blob in one answer, which has one ETag. */
const MAX_ETAG_CHANGES = 2;

export interface Turn extends AttemptContext {
  readonly workers: number;
  /** Of all requests of all blobs. */
  readonly permits: Semaphore;
  readonly retry: RetryPolicy;
  readonly random: () => number;
  readonly metrics: DownloadMetrics;
  readonly logger: Logger;
  /** Turns that this source had before; later ones are more patient. */
  readonly round: number;
  /** The source is known to ignore ranges. */
  isWhole: boolean;
}

/**
 * Has one source bring all that is missing.
 * @throws AttemptFailure when it can't; what it brought is kept.
 */
export async function takeTurn(turn: Turn): Promise<void> {
  const { partial, source, metrics, logger } = turn;
  for (let changes = 0; ; ) {
    try {
      await (turn.isWhole ? bringWhole(turn) : bringParts(turn));
      return;
    } catch (error) {
      turn.signal.throwIfAborted();
      const failure = asAttemptFailure(error);
      if (turn.isWhole || !failure || !isAboutRanges(failure)) throw error;
      metrics.storeRetries.inc({ reason: failure.reason });
      logger.info({ source: source.name, problem: failure.message }, 'parts do not fit together');
      if (failure.reason === 'etag_changed') {
        changes += 1;
        await partial.forget(source.name);
      }
      turn.isWhole = failure.reason === 'range_ignored' || changes > MAX_ETAG_CHANGES;
    }
  }
}

function isAboutRanges({ reason }: AttemptFailure): boolean {
  return reason === 'range_ignored' || reason === 'etag_changed';
}

async function bringWhole(turn: Turn): Promise<void> {
  const pause = new Pause();
  await persist(turn, pause, turn.signal, () => turn.partial.receivedBytes, attemptWhole);
}

/** Workers side by side, each with one part at a time. The first that gives up ends the others. */
async function bringParts(turn: Turn): Promise<void> {
  const missing = turn.partial.parts.filter(({ isDone }) => !isDone);
  const stop = new AbortController();
  const leave = (): void => stop.abort(turn.signal.reason);
  if (turn.signal.aborted) leave();
  turn.signal.addEventListener('abort', leave, { once: true });
  const pause = new Pause();
  const work = async (): Promise<void> => {
    for (let part = missing.shift(); part !== undefined; part = missing.shift()) {
      const mine = part;
      const attempt = (context: AttemptContext) => attemptPart(context, mine);
      await persist(turn, pause, stop.signal, () => mine.received, attempt);
    }
  };
  const give = (error: unknown): void => stop.abort(error);
  try {
    await Promise.all(
      Array.from({ length: Math.min(turn.workers, missing.length) }, () => work().catch(give)),
    );
    stop.signal.throwIfAborted();
  } finally {
    turn.signal.removeEventListener('abort', leave);
  }
}

/** Tries until it works, or until there were too many failures in a row. */
async function persist(
  turn: Turn,
  pause: Pause,
  signal: AbortSignal,
  received: () => number,
  attempt: (context: AttemptContext) => Promise<void>,
): Promise<void> {
  const { permits, retry, clock, random, metrics, logger, source } = turn;
  for (let failures = 0; ; ) {
    const pauseMs = pause.leftMs(clock.now());
    if (pauseMs > 0) await delay(clock, pauseMs, signal);
    const before = received();
    try {
      await permits.runExclusive(async () => {
        signal.throwIfAborted();
        await attempt({ ...turn, signal });
      });
      return;
    } catch (error) {
      signal.throwIfAborted();
      const failure = asAttemptFailure(error);
      if (!failure || failure.isFinal || (!turn.isWhole && isAboutRanges(failure))) throw error;
      failures = received() - before >= PROGRESS_BYTES ? 1 : failures + 1;
      const { reason, retryAfterMs = 0, message } = failure;
      if (failures >= retry.attempts || retryAfterMs > retry.maxRetryAfterMs) throw failure;
      pause.atLeastUntil(clock.now() + retryAfterMs);
      metrics.storeRetries.inc({ reason });
      logger.debug({ source: source.name, reason, problem: message, failures }, 'trying again');
      await delay(clock, backoffMs(failures + turn.round * retry.attempts, retry, random), signal);
    }
  }
}

/** A pause that a source asked one worker for is meant for all of them. */
class Pause {
  #until = 0;

  atLeastUntil(time: number): void {
    this.#until = Math.max(this.#until, time);
  }

  leftMs(now: number): number {
    return Math.max(0, this.#until - now);
  }
}
