import { messageOf } from '../errors.ts';
import type { Generation } from '../model/generation.ts';
import type { Clock } from '../platform/clock.ts';
import { deadline } from '../platform/deadline.ts';
import type { ModelSlot } from './slot/model-slot.ts';

export interface HealthOptions {
  readonly slot: ModelSlot<Generation>;
  /** No answer for so long means that an engine hangs, whatever the load. */
  readonly engineTimeoutMs: number;
  readonly clock: Clock;
}

export interface Health {
  readonly healthy: boolean;
  readonly model: string | null;
  /** Why not. */
  readonly reason?: string;
}

/** An answer so young proves that inference works. */
const RECENT_ANSWER_MS = 5_000;

const PROBE_TIMEOUT_MS = 2_000;

/** Tells whether inference works: by a recent answer, else by scoring a pair of its own. */
export class HealthCheck {
  readonly #options: HealthOptions;
  #probe: Promise<string | undefined> | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  async check(): Promise<Health> {
    const generation = this.#options.slot.current;
    if (generation === undefined) return { healthy: false, model: null, reason: 'no model is loaded yet' };
    const model = generation.identity.reference;
    if (this.#answeredWithin(generation, RECENT_ANSWER_MS)) return { healthy: true, model };
    // Requests wait and will be answered: it is the operation that tells whether it goes on too long.
    if (this.#options.slot.isHeld) return { healthy: true, model };
    // One probe at a time, however many ask.
    this.#probe ??= this.#probeOnce().finally(() => {
      this.#probe = undefined;
    });
    const reason = await this.#probe;
    return reason === undefined ? { healthy: true, model } : { healthy: false, model, reason };
  }

  /** @returns what is wrong, or nothing. */
  async #probeOnce(): Promise<string | undefined> {
    const { slot, clock, engineTimeoutMs } = this.#options;
    const lease = await slot.lease();
    const generation = lease.model;
    const limits = { maxLength: generation.maxLength };
    try {
      await deadline(clock, PROBE_TIMEOUT_MS, new AbortController().signal, (signal) =>
        generation.score('health', ['probe'], limits, signal),
      );
      return undefined;
    } catch (error) {
      // Behind a long queue of slow batches a probe waits like everybody else: that is load, not illness.
      const isBusy = generation.readyEngines > 0 && generation.queuedPairs > 0;
      if (isBusy && this.#answeredWithin(generation, engineTimeoutMs)) return undefined;
      return `inference does not work (${generation.readyEngines} engines ready): ${messageOf(error)}`;
    } finally {
      lease.release();
    }
  }

  #answeredWithin(generation: Generation, ms: number): boolean {
    return this.#options.clock.now() - generation.lastAnswerAt < ms;
  }
}
