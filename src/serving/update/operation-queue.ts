import { ServiceError } from '../../errors.ts';
import type { Operation } from '../operation/operation.ts';
import type { Started, UpdateOutcome } from './operations.ts';

/** An operation that has not ended. */
export interface Active extends Started {
  /** What was asked for, in full. */
  readonly fingerprint: string;
}

/** Why an operation never began. */
export type Unbegun = 'superseded' | 'cancelled';

/** One operation is carried out at a time, and one more may wait. */
export class OperationQueue {
  readonly #onUnbegun: (operation: Operation, why: Unbegun) => void;
  #running: Active | undefined;
  #waiting: Active | undefined;

  /** @param onUnbegun told of an operation that was given up while it waited. */
  constructor(onUnbegun: (operation: Operation, why: Unbegun) => void) {
    this.#onUnbegun = onUnbegun;
  }

  get running(): Operation | undefined {
    return this.#running?.operation;
  }

  get waiting(): Operation | undefined {
    return this.#waiting?.operation;
  }

  /** The one that was asked for in the same words. */
  find(fingerprint: string): Active | undefined {
    return [this.#running, this.#waiting].find((active) => active?.fingerprint === fingerprint);
  }

  /**
   * Has an operation carried out: now, or once the one that runs has ended. It takes the place of one that waits.
   * @param carryOut the work; its outcome is the operation's.
   */
  add(operation: Operation, fingerprint: string, carryOut: () => Promise<UpdateOutcome>): Active {
    const isFree = this.#running === undefined;
    const outcome = isFree ? this.#run(carryOut) : this.#wait(operation, carryOut);
    // Whoever waits for it gets the error; nobody has to.
    outcome.catch(() => {});
    const active = { operation, outcome, fingerprint };
    if (isFree) this.#running = active;
    else this.#supersede(active);
    return active;
  }

  /** Gives up what is under way, and waits until no operation runs. */
  async settle(reason: Error): Promise<void> {
    // Another one may come to wait while the running one ends.
    for (let active = this.#last; active !== undefined; active = this.#last) {
      active.operation.abort(reason);
      await active.outcome.catch(() => {});
    }
  }

  get #last(): Active | undefined {
    return this.#waiting ?? this.#running;
  }

  /** The one that waits is what the operator wants in the end: a newer wish takes its place. */
  #supersede(next: Active): void {
    const older = this.#waiting;
    this.#waiting = next;
    older?.operation.abort(
      new ServiceError(
        'update_in_progress',
        `the update to ${older.operation.reference} was superseded by one to ${next.operation.reference}`,
        { detail: `It had not begun. GET /update/${next.operation.id} tells about the newer one.` },
      ),
    );
  }

  async #wait(operation: Operation, carryOut: () => Promise<UpdateOutcome>): Promise<UpdateOutcome> {
    const given = new Promise<void>((resolve) =>
      operation.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    await Promise.race([this.#running?.outcome.catch(() => {}), given]);
    const self = this.#waiting?.operation === operation ? this.#waiting : undefined;
    if (self !== undefined) this.#waiting = undefined;
    if (operation.signal.aborted) {
      this.#onUnbegun(operation, self === undefined ? 'superseded' : 'cancelled');
      throw operation.signal.reason;
    }
    this.#running = self;
    return await this.#run(carryOut);
  }

  async #run(carryOut: () => Promise<UpdateOutcome>): Promise<UpdateOutcome> {
    try {
      return await carryOut();
    } finally {
      this.#running = undefined;
    }
  }
}
