import { ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Operation } from '../operation/operation.ts';
import { drainWithin } from '../slot/drain.ts';
import type { ModelSlot } from '../slot/model-slot.ts';

export interface RetirementOptions {
  readonly slot: ModelSlot<Generation>;
  /** How long requests in flight may hold on to a model that was swapped out. */
  readonly drainTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'drainedGenerations'>;
}

/** What becomes of a model that no new request gets. */
export class Retirement {
  readonly #options: RetirementOptions;

  constructor(options: RetirementOptions) {
    this.#options = options;
  }

  /** @param stays it is kept at hand, until the one that took its place has proved itself. */
  async retire(operation: Operation, previous: Generation, stays: boolean): Promise<void> {
    const { drainTimeoutMs, logger } = this.#options;
    operation.enter('drain');
    if (!previous.isClosed && !(await this.drain(previous))) {
      const warning = `requests still held ${previous.identity.reference} after ${drainTimeoutMs} ms`;
      logger.error(warning);
      operation.warn(warning);
    }
    operation.enter('release');
    // In mode hold it has ended in the window, and what is on a GPU now is its successor's.
    if (!stays && !previous.isClosed) await previous.release();
  }

  /**
   * Waits for the requests in flight while no new one can begin.
   * @throws ServiceError timeout when they take too long, the signal's reason.
   */
  async drainInWindow(current: Generation, signal: AbortSignal): Promise<void> {
    if (await this.drain(current, signal)) return;
    signal.throwIfAborted();
    const { drainTimeoutMs } = this.#options;
    throw new ServiceError('timeout', `requests in flight took longer than ${drainTimeoutMs} ms to end`, {
      detail: 'The model that served keeps serving. Shorter RERANK_REQUEST_TIMEOUT_MS make this less likely.',
    });
  }

  /** @returns false when requests still hold it although they have had their time. */
  async drain(generation: Generation, signal?: AbortSignal): Promise<boolean> {
    const { slot, drainTimeoutMs, clock, metrics } = this.#options;
    const isDrained = await drainWithin(slot, generation, drainTimeoutMs, clock, signal);
    metrics.drainedGenerations.inc({ outcome: isDrained ? 'drained' : 'held' });
    return isDrained;
  }
}
