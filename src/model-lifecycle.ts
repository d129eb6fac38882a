import type { ChangeControl } from './change-control.ts';
import { ServiceError } from './errors.ts';
import type { Generation } from './model/generation.ts';
import type { Clock } from './platform/clock.ts';
import { endsWithin } from './platform/ends-within.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import type { BootResult } from './serving/boot.ts';
import type { DeviceFallbackWatch } from './serving/device-fallback.ts';
import { announce } from './serving/slot/announce.ts';
import type { ModelSlot } from './serving/slot/model-slot.ts';

export interface ModelLifecycleOptions {
  /** Loads the model to start with. */
  readonly boot: (signal: AbortSignal) => Promise<BootResult>;
  readonly slot: ModelSlot<Generation>;
  readonly control: Pick<ChangeControl, 'record' | 'close'>;
  /** Undefined where a card is never given up for the CPU. */
  readonly watch: DeviceFallbackWatch | undefined;
  /** Why nothing is kept for the next start, where that is known already. */
  readonly whyUnsaved: string | undefined;
  readonly shutdownTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'modelInfo'>;
}

/** Requests that are cut off when a server is stopped let go of their model a moment later. */
const LAST_MOMENT_MS = 1_000;

/** The models that serve one after the other: from the load of the first one to the end of the last change. */
export class ModelLifecycle {
  readonly #options: ModelLifecycleOptions;
  readonly #stop = new AbortController();
  #started: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ModelLifecycleOptions) {
    this.#options = options;
  }

  /** Aborted when the server is to end. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Resolves when the first model serves.
   * @throws what its load throws; the reason of `stopping`.
   */
  start(): Promise<void> {
    this.#started ??= this.#start();
    // Whoever waits for it gets the error; nobody has to.
    this.#started.catch(() => {});
    return this.#started;
  }

  /** Gives up a start or a change that is under way, and waits for its end, though not for ever. The model that serves goes on. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #start(): Promise<void> {
    const { slot, control, watch, whyUnsaved, metrics } = this.#options;
    const { generation, state, unsaved } = await this.#options.boot(this.#stop.signal);
    const { reference: model, digest } = generation.identity;
    control.record.restore(state, whyUnsaved ?? unsaved);
    // Before the first update can begin: its copy would look like an old one.
    await control.record.forgetUnreferenced({ model, digest });
    await slot.swap(generation);
    announce(generation, metrics);
    watch?.start();
  }

  async #close(): Promise<void> {
    const { shutdownTimeoutMs, clock, logger } = this.#options;
    this.#stop.abort(
      new ServiceError('unavailable', 'the server is shutting down', { retryAfterSeconds: 5 }),
    );
    const ended = Promise.all([this.#started?.catch(() => {}), this.#endChanges()]);
    if (await endsWithin(clock, shutdownTimeoutMs + LAST_MOMENT_MS, ended)) return;
    // A model that loads in the place of one that has ended can't be given up. The processes of both end with this one.
    logger.warn(`a change of the model did not end within ${shutdownTimeoutMs} ms: it is cut off`);
  }

  async #endChanges(): Promise<void> {
    const { watch, control } = this.#options;
    await watch?.close();
    await control.close();
  }
}
