import type { Generation } from '../model/generation.ts';
import type { DeviceFallback } from './device-fallback.ts';
import type { ModelSlot } from './slot/model-slot.ts';

export interface ReadinessOptions {
  readonly slot: ModelSlot<Generation>;
  /** Aborted once the server takes no new work. */
  readonly stopping: AbortSignal;
  /** Why the CPU serves where a card was meant to. */
  readonly fallback: () => DeviceFallback | undefined;
}

/** What the probes of Kubernetes ask: whether this server should get requests now. */
export class Readiness {
  readonly #options: ReadinessOptions;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** True once a first model was loaded, for ever after. */
  hasStarted(): boolean {
    return this.#options.slot.hasServed;
  }

  /** Undefined while requests are welcome. */
  whyNotReady(): string | undefined {
    const { slot, stopping } = this.#options;
    if (stopping.aborted) return 'the server is shutting down';
    // Requests wait for their model, and are answered.
    if (slot.isHeld) return undefined;
    if (slot.current === undefined)
      return slot.hasServed ? 'no model is loaded any more' : 'the first model is not loaded yet';
    const { outage, readyEngines } = slot.current;
    return outage ?? (readyEngines > 0 ? undefined : 'no engine is ready');
  }

  /** What an operator should know of a server that is ready all the same. */
  remark(): string | undefined {
    const { from, reason } = this.#options.fallback() ?? {};
    return from && `${from} does not work, and the CPU serves in its place: ${reason}`;
  }
}
