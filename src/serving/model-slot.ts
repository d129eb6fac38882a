import { ServiceError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { ReadWriteLock } from './read-write-lock.ts';

/** A claim on the model that was current when it was taken. The model lives until its last lease is released. */
export interface Lease<M> {
  readonly model: M;
  /** Gives the claim back; doing it again changes nothing. */
  release(): void;
}

export interface SwapResult<M> {
  readonly previous: M | undefined;
  /** How long no new lease could be taken, in milliseconds. */
  readonly lockHeldMs: number;
}

interface Occupant<M> {
  readonly model: M;
  leases: number;
  readonly idle: (() => void)[];
}

/**
 * Holds the current model. Requests lease it under the read side of a lock; a swap replaces it under the write side.
 *
 * Only the taking of a lease happens inside the lock, not the work done with it: a swap therefore never waits for requests in
 * flight, and every request keeps the one model that it began with.
 */
export class ModelSlot<M extends object> {
  readonly #lock = new ReadWriteLock();
  readonly #clock: Clock;
  readonly #retired = new Map<M, Occupant<M>>();
  #current: Occupant<M> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The model that new requests get, without a claim on it. */
  get current(): M | undefined {
    return this.#current?.model;
  }

  /** @throws ServiceError unavailable while there is no model. */
  lease(): Promise<Lease<M>> {
    return this.#lock.read(() => {
      const occupant = this.#current;
      if (occupant === undefined) {
        throw new ServiceError('unavailable', 'no model is loaded yet', { retryAfterSeconds: 1 });
      }
      return this.#take(occupant);
    });
  }

  /** Makes `next` the model of all requests that come from now on. */
  async swap(next: M): Promise<SwapResult<M>> {
    return await this.#lock.write(() => {
      const startedAt = this.#clock.now();
      const previous = this.#current;
      if (previous !== undefined) this.#retired.set(previous.model, previous);
      this.#current = this.#retired.get(next) ?? { model: next, leases: 0, idle: [] };
      this.#retired.delete(next);
      return { previous: previous?.model, lockHeldMs: this.#clock.now() - startedAt };
    });
  }

  /** Resolves when nobody holds a lease on a model that was swapped out. */
  async drained(model: M): Promise<void> {
    const occupant = this.#retired.get(model);
    if (occupant === undefined) return;
    if (occupant.leases > 0) await new Promise<void>((resolve) => occupant.idle.push(resolve));
    this.#retired.delete(model);
  }

  #take(occupant: Occupant<M>): Lease<M> {
    occupant.leases++;
    let released = false;
    return {
      model: occupant.model,
      release: () => {
        if (released) return;
        released = true;
        occupant.leases--;
        if (occupant.leases === 0) for (const resolve of occupant.idle.splice(0)) resolve();
      },
    };
  }
}
