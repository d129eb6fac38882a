import { Mutex } from 'async-mutex';
import { messageOf, ServiceError } from '../../errors.ts';
import type { Dtype } from '../../model/model-directory.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import {
  afterQuarantine,
  afterSwap,
  concerns,
  findInHistory,
  type HistoryTerms,
  initialState,
  referencedDigests,
  type ShownEntry,
  shownHistory,
} from './history.ts';
import type { HistoryEntry, ModelEntry, Quarantined, ServingState } from './serving-state.ts';
import type { StateFile } from './state-file.ts';

export interface ServingRecordOptions {
  readonly stateFile: StateFile;
  /** Deletes the files of all models but those with these digests. */
  readonly keepOnly: (digests: ReadonlySet<string>) => Promise<void>;
  /** What serves, for a server that was never updated. */
  readonly serving: () => ModelEntry | undefined;
  /** The form of those for which nobody asked for another one. */
  readonly dtype: Dtype;
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
  /** One write at a time: a try that comes again must not get in the way of a newer state. */
  readonly #disk = new Mutex();
  #state: ServingState | undefined;
  #unsaved: string | undefined;
  /** When the first model of this process began to serve. */
  #startedAt: Date | undefined;
  #unsavedAtStart: string | undefined;
  #cancelRetry: (() => void) | undefined;
  /** Whether there is anything on disk for a restart to go by. */
  #isWritten = false;
  #closed = false;

  constructor(options: ServingRecordOptions) {
    this.#options = options;
  }

  /**
   * Takes up what the start found, when its model has begun to serve.
   * @param unsaved what it could not write.
   */
  restore(state: ServingState | undefined, unsaved: string | undefined): void {
    this.#state = state;
    this.#startedAt = this.#options.clock.date();
    this.#isWritten = state !== undefined;
    this.#unsavedAtStart = unsaved;
    this.#note(unsaved);
    this.#options.metrics.quarantined.set(this.quarantined.length);
    if (unsaved !== undefined) this.#tryAgainAfter(FIRST_RETRY_MS);
  }

  /** The state on disk, or what it would be for a server that was never updated. */
  get state(): ServingState | undefined {
    const serving = this.#options.serving();
    if (this.#state !== undefined || serving === undefined) return this.#state;
    return initialState(serving, this.#since);
  }

  /** Good models, the newest first. */
  get history(): readonly ShownEntry[] {
    const { state } = this;
    return state === undefined ? [] : shownHistory(state, this.#options.dtype);
  }

  /** The one of the history that an operator means. @see findInHistory */
  find(to: string, dtype?: Dtype): HistoryEntry | undefined {
    return findInHistory(this.state?.history ?? [], to, { dtype, configured: this.#options.dtype });
  }

  /** Why the disk does not say what memory says; undefined when it does. */
  get unsaved(): string | undefined {
    return this.#unsaved;
  }

  /** What a restart goes by while memory can't be written down. */
  get atRestart(): string {
    return this.#isWritten ? 'what was written before' : 'RERANK_MODEL: nothing was written so far';
  }

  /** @throws ServiceError rejected_by_gate for a content that was taken back, or its form. */
  assertNotQuarantined(model: Pick<ModelEntry, 'digest' | 'dtype'>): void {
    const found = this.quarantined.find((entry) => concerns(entry, model, this.#options.dtype));
    if (found === undefined) return;
    const what = found.dtype === undefined ? found.model : `${found.model} as ${found.dtype}`;
    throw new ServiceError('rejected_by_gate', `${what} is in quarantine: ${found.reason}`, {
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
    if (this.#state === undefined) await this.#disk.runExclusive(() => this.#remove());
    else await this.#write(this.#state);
    await this.forgetUnreferenced();
  }

  /**
   * @param badBecause why the one that served until now goes into quarantine.
   * @returns what could not be kept, if anything.
   */
  async swapped(next: ModelEntry, badBecause?: string): Promise<string | undefined> {
    const before = this.#state ?? initialState(next, this.#options.clock.date());
    const state = afterSwap(before, next, this.#terms, this.#options.historyLength);
    return await this.#become(
      badBecause === undefined ? state : afterQuarantine(state, before, badBecause, this.#terms),
    );
  }

  /** @param before what served until then, for a server that was never updated. */
  remember(before: ModelEntry): void {
    this.#state ??= initialState(before, this.#since);
  }

  /**
   * Of a model that serves no more.
   * @returns what could not be kept, if anything.
   */
  async quarantine(bad: ModelEntry, reason: string): Promise<string | undefined> {
    const { state } = this;
    return state && (await this.#become(afterQuarantine(state, bad, reason, this.#terms)));
  }

  get quarantined(): readonly Quarantined[] {
    return this.state?.quarantined ?? [];
  }

  /**
   * Deletes the copies that neither a restart nor a rollback will ask for. Only for whoever changes the model at the moment: what
   * another operation has just copied is not referred to yet.
   * @param serving what is about to serve; left out, what serves.
   */
  async forgetUnreferenced(serving?: ModelEntry): Promise<void> {
    const { keepOnly, logger } = this.#options;
    const state = this.state ?? (serving && initialState(serving, this.#since));
    if (state === undefined) return;
    await keepOnly(referencedDigests(state)).catch((error) =>
      logger.warn({ err: error }, 'old model copies were not deleted'),
    );
  }

  get #terms(): HistoryTerms {
    const { clock, dtype } = this.#options;
    return { since: clock.date(), configured: dtype };
  }

  get #since(): Date {
    return this.#startedAt ?? this.#options.clock.date();
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

  async #write(state: ServingState): Promise<string | undefined> {
    return await this.#disk.runExclusive(() => this.#writeNow(state, FIRST_RETRY_MS));
  }

  async #writeNow(state: ServingState, retryMs: number): Promise<string | undefined> {
    const { stateFile, logger } = this.#options;
    this.#cancelRetry?.();
    try {
      await stateFile.write(state);
      this.#isWritten = true;
      if (this.#unsaved !== undefined) logger.info(`${stateFile.path} is written again`);
      this.#note(undefined);
    } catch (error) {
      this.#note(messageOf(error));
      logger.error({ err: error }, `${this.#unsaved}; a restart would serve ${this.atRestart}`);
      this.#tryAgainAfter(retryMs);
    }
    return this.#unsaved;
  }

  #tryAgainAfter(ms: number): void {
    if (this.#closed) return;
    const again = async (): Promise<void> => {
      // Whatever is true by then; somebody else may have written it meanwhile.
      const now = this.#state;
      if (now === undefined || this.#unsaved === undefined || this.#closed) return;
      await this.#writeNow(now, Math.min(ms * 2, LONGEST_RETRY_MS));
    };
    this.#cancelRetry = this.#options.clock.after(ms, () => void this.#disk.runExclusive(again));
  }

  async #remove(): Promise<void> {
    const { stateFile, logger } = this.#options;
    try {
      await stateFile.remove();
      this.#isWritten = false;
      this.#note(this.#unsavedAtStart);
    } catch (error) {
      logger.error({ err: error }, `${stateFile.path} could not be put back`);
    }
  }

  #note(unsaved: string | undefined): void {
    this.#unsaved = unsaved;
    this.#options.metrics.stateUnsaved.set(unsaved === undefined ? 0 : 1);
  }
}
