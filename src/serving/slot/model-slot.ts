import { ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Lease, Leased } from './leased.ts';
import { ReadWriteLock } from './read-write-lock.ts';

export interface SwapResult<M> {
  readonly previous: M | undefined;
  /** How long no new lease could be taken, in milliseconds. */
  readonly lockHeldMs: number;
  /** Leases that had to wait for that. */
  readonly held: number;
}

/** A time in which no lease can be taken, because no model is loaded. */
interface Window {
  readonly since: number;
  readonly expectedMs: number;
}

/** Requests that may wait for a model to come back; beyond it they are told to come later. */
const MAX_HELD = 20_000;

/**
 * Holds the current model. Requests lease it under the read side of a lock; a swap replaces it under the write side.
 *
 * Only the taking of a lease happens inside the lock, not the work done with it: a swap therefore never waits for requests in
 * flight, and every request keeps the one model that it began with. Where two models don't fit, `replace` keeps the write side
 * while the one ends and the other loads, and requests wait for their lease.
 */
export class ModelSlot<M extends object> {
  readonly #lock = new ReadWriteLock();
  readonly #clock: Clock;
  readonly #retired = new Map<M, Leased<M>>();
  #current: Leased<M> | undefined;
  #window: Window | undefined;
  #held = 0;
  #hasServed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Models that were swapped out and that somebody still uses. */
  get retired(): number {
    return this.#retired.size;
  }

  /** The model that new requests get, without a claim on it. */
  get current(): M | undefined {
    return this.#current?.model;
  }

  /** True once there was a model, whether or not there is one now. */
  get hasServed(): boolean {
    return this.#hasServed;
  }

  /** True while requests wait for a model that takes the place of one that has ended. */
  get isHeld(): boolean {
    return this.#window !== undefined;
  }

  /** How long new requests will probably wait for their lease, in milliseconds. */
  get expectedWaitMs(): number {
    if (this.#window === undefined) return 0;
    const { since, expectedMs } = this.#window;
    const elapsed = this.#clock.now() - since;
    // Late already: a window that took twice as long as thought will hardly end in the next moment.
    return Math.max(expectedMs - elapsed, elapsed / 4);
  }

  /**
   * A claim on the model that is current when it is taken.
   * @throws ServiceError unavailable while there is no model.
   */
  async lease(): Promise<Lease<M>> {
    if (this.#window !== undefined && this.#held >= MAX_HELD) {
      throw new ServiceError('unavailable', 'the model is being changed, and too many requests wait for it', {
        retryAfterSeconds: Math.max(1, Math.ceil(this.expectedWaitMs / 1000)),
      });
    }
    if (this.#window !== undefined) this.#held++;
    return await this.#lock.read(() => {
      if (this.#current === undefined) {
        throw new ServiceError('unavailable', 'no model is loaded yet', { retryAfterSeconds: 1 });
      }
      return this.#current.lease();
    });
  }

  /**
   * Makes `next` the model of all requests that come from now on.
   * @param unused resolves when nobody has it any more who took it elsewhere, before it was here. Until then it counts as leased.
   */
  async swap(next: M, unused?: Promise<void>): Promise<SwapResult<M>> {
    return await this.#lock.write(() => {
      const startedAt = this.#clock.now();
      const previous = this.#current;
      const current = this.#put(next);
      if (unused !== undefined) {
        const lease = current.lease();
        void unused.then(() => lease.release());
      }
      return { previous: previous?.model, lockHeldMs: this.#clock.now() - startedAt, held: 0 };
    });
  }

  /**
   * Lets no new request in while `change` ends the current model and loads another.
   * @param expectedMs how long that will take, for telling requests whether to wait.
   * @param change gets the current model. What it returns takes its place, be it the same one; when it throws, the slot is as
   * before if the model that it got still serves, which `isUsable` tells, and empty otherwise.
   */
  async replace(
    expectedMs: number,
    isUsable: (model: M) => boolean,
    change: (current: M) => Promise<M>,
  ): Promise<SwapResult<M>> {
    return await this.#lock.write(async () => {
      const previous = this.#current;
      if (previous === undefined) throw new ServiceError('unavailable', 'no model is loaded yet');
      const since = this.#clock.now();
      this.#window = { since, expectedMs };
      this.#held = 0;
      try {
        const next = await change(previous.model);
        if (next !== previous.model) this.#put(next);
        return { previous: previous.model, lockHeldMs: this.#clock.now() - since, held: this.#held };
      } catch (error) {
        if (!isUsable(previous.model)) this.#current = undefined;
        throw error;
      } finally {
        this.#window = undefined;
      }
    });
  }

  /** Resolves when nobody holds a lease on a model that was swapped out, or on the current one while no lease can be taken. */
  async drained(model: M): Promise<void> {
    await this.#find(model)?.idle();
  }

  #find(model: M): Leased<M> | undefined {
    return this.#current?.model === model ? this.#current : this.#retired.get(model);
  }

  #put(next: M): Leased<M> {
    this.#hasServed = true;
    const previous = this.#current;
    // Without leases there is nothing to know of one that was swapped out, should it come back.
    const current = this.#find(next) ?? new Leased(next, () => this.#retired.delete(next));
    this.#current = current;
    this.#retired.delete(next);
    if (previous !== undefined && previous !== current && !previous.isIdle)
      this.#retired.set(previous.model, previous);
    return current;
  }
}
