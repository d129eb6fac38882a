import { messageOf, ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { afterQuarantine, afterSwap, initialState, referencedDigests } from './history.ts';
import type { ModelEntry, Quarantined, ServingState } from './serving-state.ts';
import type { StateFile } from './state-file.ts';

export interface ServingRecordOptions {
  readonly stateFile: StateFile;
  /** Deletes the files of all models but those with these digests. */
  readonly keepOnly: (digests: ReadonlySet<string>) => Promise<void>;
  /** What serves, for a server that was never updated. */
  readonly serving: () => ModelEntry | undefined;
  /** Good models to remember and to keep on disk. */
  readonly historyLength: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'stateUnsaved' | 'quarantined'>;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * What serves, what served and what must not serve again, in memory and in `.last_good_model`.
 *
 * Memory leads. A disk that is full or read-only must stop neither a model from serving nor a bad one from being taken back:
 * what can't be written is said, and tried again until it is.
 */
export class ServingRecord {
  readonly #options: ServingRecordOptions;
  #state: ServingState | undefined;
  #unsaved: string | undefined;
  #cancelRetry: (() => void) | undefined;
  #closed = false;

  constructor(options: ServingRecordOptions) {
    this.#options = options;
  }

  /**
   * Takes up what the start found.
   * @param unsaved what it could not write.
   */
  restore(state: ServingState | undefined, unsaved: string | undefined): void {
    this.#state = state;
    this.#unsaved = unsaved;
    this.#options.metrics.stateUnsaved.set(unsaved === undefined ? 0 : 1);
    this.#options.metrics.quarantined.set(this.quarantined.length);
  }

  /** The state on disk, or what it would be for a server that was never updated. */
  get state(): ServingState | undefined {
    const serving = this.#options.serving();
    if (this.#state !== undefined || serving === undefined) return this.#state;
    return initialState(serving, this.#options.clock.date());
  }

  /** Why the disk does not say what memory says; undefined when it does. */
  get unsaved(): string | undefined {
    return this.#unsaved;
  }

  /** @throws ServiceError rejected_by_gate for a content that was taken back. */
  assertNotQuarantined(digest: string): void {
    const found = this.state?.quarantined.find((entry) => entry.digest === digest);
    if (found === undefined) return;
    throw new ServiceError('rejected_by_gate', `${found.model} is in quarantine: ${found.reason}`, {
      detail: `It was taken back at ${found.since}. Send "force": true to try just this content again.`,
    });
  }

  /**
   * Notes that an update is under way, so that a crash is known to have been in the middle of one.
   * @returns what could not be kept, if anything.
   */
  async begin(model: string): Promise<string | undefined> {
    const { clock } = this.#options;
    const { state } = this;
    return state && (await this.#write({ ...state, pending: { model, since: clock.date().toISOString() } }));
  }

  /** After a failure: as if the update had never been asked for. */
  async abandon(): Promise<void> {
    const { stateFile, logger } = this.#options;
    if (this.#state === undefined) {
      await stateFile
        .remove()
        .catch((error) => logger.error({ err: error }, `${stateFile.path} could not be put back`));
    } else await this.#write(this.#state);
    await this.forgetUnreferenced();
  }

  /** @returns what could not be kept, if anything. */
  async swapped(next: ModelEntry): Promise<string | undefined> {
    const { clock, historyLength } = this.#options;
    const base = this.#state ?? initialState(next, clock.date());
    return await this.#become(afterSwap(base, next, clock.date(), historyLength));
  }

  /** @param before what served until then, for a server that was never updated. */
  remember(before: ModelEntry): void {
    this.#state ??= initialState(before, this.#options.clock.date());
  }

  /** @returns what could not be kept, if anything. */
  async quarantine(bad: ModelEntry, reason: string): Promise<string | undefined> {
    const { state } = this;
    return state && (await this.#become(afterQuarantine(state, bad, reason, this.#options.clock.date())));
  }

  get quarantined(): readonly Quarantined[] {
    return this.state?.quarantined ?? [];
  }

  /** Deletes the copies that neither a restart nor a rollback will ask for. */
  async forgetUnreferenced(): Promise<void> {
    const { keepOnly, logger } = this.#options;
    const { state } = this;
    if (state === undefined) return;
    await keepOnly(referencedDigests(state)).catch((error) =>
      logger.warn({ err: error }, 'old model copies were not deleted'),
    );
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
  }

  async #become(state: ServingState): Promise<string | undefined> {
    this.#state = state;
    this.#options.metrics.quarantined.set(state.quarantined.length);
    return await this.#write(state);
  }

  async #write(state: ServingState, retryMs = FIRST_RETRY_MS): Promise<string | undefined> {
    const { stateFile, logger, metrics, clock } = this.#options;
    this.#cancelRetry?.();
    try {
      await stateFile.write(state);
      if (this.#unsaved !== undefined) logger.info(`${stateFile.path} is written again`);
      this.#unsaved = undefined;
    } catch (error) {
      this.#unsaved = messageOf(error);
      logger.error({ err: error }, `${this.#unsaved}; a restart would serve what it said before`);
      if (!this.#closed) {
        this.#cancelRetry = clock.after(retryMs, () => {
          // Whatever is true by then.
          const now = this.#state;
          if (now !== undefined) void this.#write(now, Math.min(retryMs * 2, LONGEST_RETRY_MS));
        });
      }
    }
    metrics.stateUnsaved.set(this.#unsaved === undefined ? 0 : 1);
    return this.#unsaved;
  }
}
