import { messageOf } from '../../errors.ts';
import { type Clock, delay } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { unlessAborted } from '../unless-aborted.ts';

/** Something that can end on its own. */
export interface Mortal {
  /** False from the moment that it is known to be doomed, which may be some time before it is gone. */
  readonly alive: boolean;
  /** Resolves with the reason once it is gone; never rejects. */
  readonly lost: Promise<string>;
  kill(because: string): void;
}

export interface SupervisorOptions<T extends Mortal> {
  readonly name: string;
  /** Starts one; the signal aborts when it is no longer wanted. Must leave nothing behind when it rejects. */
  readonly start: (signal: AbortSignal) => Promise<T>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onUp?: (child: T) => void;
  readonly onDown?: (reason: string) => void;
  /** Told about every start that failed, after the first one that worked. */
  readonly onFailedStart?: (error: unknown) => void;
}

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 10_000;

/** A life shorter than this counts as a failed start, so that a child which dies at once is not restarted in a loop. */
const STABLE_AFTER_MS = 10_000;

/** A start that fails as the one before did is told again after so long. */
const TOLD_AGAIN_AFTER_MS = 60_000;

/** One start may fail for a moment, such as while memory is not back yet. */
const STARTS_BEFORE_OUTAGE = 3;

/** Who waits for a child is told that none comes up, however often it is started. */
export class Outage extends Error {
  override readonly name = 'Outage';
}

/** Keeps one child alive: starts it again when it ends, with a growing pause while starts keep failing. */
export class Supervisor<T extends Mortal> {
  readonly #options: SupervisorOptions<T>;
  readonly #stop = new AbortController();
  #current: T | undefined;
  /** Each has its own promise: one that all share would keep those in memory who left long ago. */
  readonly #waiting = new Set<PromiseWithResolvers<T>>();
  #keeping: Promise<void> | undefined;
  #failures = 0;
  /** Starts that failed since a child last came up. */
  #fruitless = 0;
  #downSince = 0;
  #lastReason = '';
  #told = { reason: '', at: Number.NEGATIVE_INFINITY };

  private constructor(options: SupervisorOptions<T>) {
    this.#options = options;
  }

  /**
   * Starts the first one.
   * @param signal gives the launch up; it means nothing any more once the child is up.
   * @throws whatever that start throws: only a child that once worked is restarted.
   */
  static async launch<T extends Mortal>(
    options: SupervisorOptions<T>,
    signal: AbortSignal,
  ): Promise<Supervisor<T>> {
    signal.throwIfAborted();
    const supervisor = new Supervisor(options);
    const giveUp = (): void => supervisor.#stop.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const first = await options.start(supervisor.#stop.signal);
      supervisor.#keeping = supervisor.#keep(first);
      return supervisor;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** The living child, if there is one at this moment. */
  get current(): T | undefined {
    return this.#current?.alive ? this.#current : undefined;
  }

  /**
   * The living child, or the next one to come up.
   * @param signal gives the waiting up.
   * @throws Outage while none comes up; Error after close; the signal's reason.
   */
  async up(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#stop.signal.aborted) throw this.#closed();
    if (this.current !== undefined) return this.current;
    if (this.outage !== undefined) throw this.#outageError(this.outage);
    const waiter = Promise.withResolvers<T>();
    this.#waiting.add(waiter);
    try {
      return await unlessAborted(waiter.promise, signal);
    } finally {
      this.#waiting.delete(waiter);
    }
  }

  /**
   * What the last start failed with, of a child that does not come up, however often it is started. Undefined while it is up, or may
   * well be up in a moment.
   */
  get outage(): string | undefined {
    if (this.#current !== undefined || this.#fruitless < STARTS_BEFORE_OUTAGE) return undefined;
    return this.#lastReason;
  }

  /** Ends the child and resolves when it is gone. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#current?.kill('it is no longer needed');
    for (const { reject } of this.#waiting) reject(this.#closed());
    await this.#keeping;
  }

  async #keep(first: T): Promise<void> {
    const { clock, logger, name, onUp, onDown } = this.#options;
    let child: T | undefined = first;
    while (child !== undefined) {
      const startedAt = clock.now();
      this.#current = child;
      for (const { resolve } of this.#waiting) resolve(child);
      onUp?.(child);
      const reason = await child.lost;
      this.#current = undefined;
      if (this.#stop.signal.aborted) return;
      if (clock.now() - startedAt >= STABLE_AFTER_MS) this.#failures = 0;
      this.#fruitless = 0;
      this.#downSince = clock.now();
      logger.error({ process: name, reason }, `${name} ended (${reason}); starting it again`);
      onDown?.(reason);
      child = await this.#startAgain();
    }
  }

  async #startAgain(): Promise<T | undefined> {
    const { clock, start, onFailedStart } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // The first restart is immediate: a single crash should cost as little time as possible.
      if (this.#failures > 0) {
        await delay(clock, Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, LONGEST_BACKOFF_MS), signal);
      }
      this.#failures++;
      if (signal.aborted) return undefined;
      try {
        const child = await start(signal);
        if (!signal.aborted) return child;
        child.kill('it is no longer needed');
        await child.lost;
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#fruitless++;
        [this.#lastReason = ''] = messageOf(error).split('\n', 1);
        this.#tellOfFailedStart(error);
        onFailedStart?.(error);
        this.#turnAway();
      }
    }
    return undefined;
  }

  #turnAway(): void {
    const { outage } = this;
    if (outage === undefined) return;
    for (const { reject } of this.#waiting) reject(this.#outageError(outage));
  }

  #outageError(reason: string): Outage {
    return new Outage(`${this.#options.name} does not come up again: ${reason}`);
  }

  #closed(): Error {
    return new Error(`${this.#options.name} was closed`);
  }

  /** An outage may last for hours: each reason is an error once a minute, and the whole of it is there for who debugs. */
  #tellOfFailedStart(error: unknown): void {
    const { clock, logger, name } = this.#options;
    const now = clock.now();
    const reason = this.#lastReason;
    const fields = {
      process: name,
      reason,
      starts: this.#fruitless,
      down_ms: Math.round(now - this.#downSince),
    };
    const isNews = reason !== this.#told.reason || now - this.#told.at >= TOLD_AGAIN_AFTER_MS;
    if (isNews) {
      this.#told = { reason, at: now };
      logger.error(fields, `${name} could not be started again`);
    }
    logger.debug({ ...fields, err: error }, `${name} could not be started again, in full`);
  }
}
