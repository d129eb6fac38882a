import { randomUUID } from 'node:crypto';
import { messageOf, ServiceError } from '../errors.ts';
import type { Generation } from '../model/generation.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { announce } from './announce.ts';
import { drainWithin } from './drain.ts';
import { afterSwap, findInHistory, initialState, referencedDigests } from './history.ts';
import type { ModelSlot } from './model-slot.ts';
import { Operation, type OperationKind, type OperationReport } from './operation.ts';
import type { Preparation, Target } from './preparation.ts';
import type { ServingState, StateFile } from './state-file.ts';

export interface UpdateOutcome {
  readonly currentModel: string;
  readonly previousModel: string | null;
  readonly operation: OperationReport;
}

export interface UpdaterOptions {
  readonly slot: ModelSlot<Generation>;
  readonly preparation: Preparation;
  /** Deletes the files of all models but those with these digests. */
  readonly keepOnly: (digests: ReadonlySet<string>) => Promise<void>;
  readonly stateFile: StateFile;
  /** Good models to remember and to keep on disk. */
  readonly historyLength: number;
  /** How long requests in flight may hold on to a model that was swapped out. */
  readonly drainTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Finished operations that GET /update/:id still knows. */
const REMEMBERED_OPERATIONS = 50;

interface Running {
  readonly operation: Operation;
  readonly outcome: Promise<UpdateOutcome>;
}

/** Changes the model, one operation at a time. Whatever goes wrong, the model that served keeps serving. */
export class Updater {
  readonly #options: UpdaterOptions;
  readonly #operations = new Map<string, Operation>();
  readonly #stop = new AbortController();
  #state: ServingState | undefined;
  #running: Running | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
  }

  /** Takes up what `.last_good_model` says after the start, if there is one. */
  restore(state: ServingState | undefined): void {
    this.#state = state;
  }

  /** What was served lately, the newest first. */
  get history(): ServingState['history'] {
    return this.#currentState()?.history ?? [];
  }

  /** @throws ServiceError not_found for an id that was never given or is forgotten. */
  report(id: string): OperationReport {
    const operation = this.#operations.get(id);
    if (operation !== undefined) return operation.report;
    throw new ServiceError('not_found', `there is no update with the id "${id}"`, {
      detail: `The last ${REMEMBERED_OPERATIONS} are remembered, until the server restarts.`,
    });
  }

  /**
   * Starts an update, or joins the running one when it has the same target.
   * @throws ServiceError update_in_progress that names the running one.
   */
  update(reference: string): Running {
    return this.#begin('update', { reference: this.#options.preparation.canonical(reference) });
  }

  /**
   * Goes back to the model before this one, or to one of the history.
   * @param to a reference or (the start of) a digest.
   */
  rollback(to?: string): Running {
    const state = this.#currentState();
    const target = to === undefined ? state?.previous : findInHistory(state?.history ?? [], to);
    if (target) return this.#begin('rollback', { reference: target.model, digest: target.digest });
    const what = to === undefined ? 'there is no model to go back to' : `"${to}" is not in the history`;
    throw new ServiceError('model_not_found', what, { detail: 'GET /models lists the history.' });
  }

  /** Gives up the running operation and waits for it to clean up. */
  async close(): Promise<void> {
    this.#stop.abort(
      new ServiceError('unavailable', 'the server is shutting down', { retryAfterSeconds: 5 }),
    );
    await this.#running?.outcome.catch(() => {});
  }

  #begin(kind: OperationKind, target: Target): Running {
    this.#stop.signal.throwIfAborted();
    if (this.#options.slot.current === undefined) {
      throw new ServiceError('unavailable', 'the first model is still loading', { retryAfterSeconds: 1 });
    }
    const running = this.#running;
    if (running !== undefined) {
      const isSame = running.operation.kind === kind && running.operation.reference === target.reference;
      if (isSame) return running;
      const { id, reference } = running.operation;
      throw new ServiceError(
        'update_in_progress',
        `an update to ${reference} is under way (operation ${id})`,
        {
          detail: `Wait for it: GET /update/${id}.`,
        },
      );
    }
    const operation = new Operation(randomUUID(), kind, target.reference, this.#options.clock);
    this.#remember(operation);
    this.#running = { operation, outcome: this.#carryOut(operation, target) };
    return this.#running;
  }

  async #carryOut(operation: Operation, target: Target): Promise<UpdateOutcome> {
    const { logger, metrics, clock } = this.#options;
    const startedAt = clock.now();
    const log = logger.child({ operation: operation.id });
    log.info(`${operation.kind} to ${target.reference} begins`);
    try {
      const outcome = await this.#change(operation, target);
      operation.succeed();
      log.info({ ...operation.report }, `${outcome.currentModel} serves; before: ${outcome.previousModel}`);
      metrics.swaps.inc({ kind: operation.kind, outcome: 'succeeded' });
      return { ...outcome, operation: operation.report };
    } catch (error) {
      operation.fail(messageOf(error));
      log.error(
        { err: error },
        `${operation.kind} to ${target.reference} failed; the model that served keeps serving`,
      );
      metrics.swaps.inc({ kind: operation.kind, outcome: 'failed' });
      throw error;
    } finally {
      metrics.swapDuration.observe((clock.now() - startedAt) / 1000);
      this.#running = undefined;
    }
  }

  /** The walk of an update: every step may fail, and none before the swap touches the model that serves. */
  async #change(operation: Operation, target: Target): Promise<Omit<UpdateOutcome, 'operation'>> {
    const { preparation } = this.#options;
    const enter = operation.enter.bind(operation);
    const staged = await preparation.stage(target, enter, this.#stop.signal);
    const before = this.#currentState();
    if (before?.digest === staged.digest) {
      return { currentModel: before.model, previousModel: before.previous?.model ?? null };
    }
    try {
      await this.#persist(before && { ...before, pending: { model: staged.reference, since: this.#now() } });
      const compiled = await preparation.compile(staged, enter, this.#stop.signal);
      const next = await preparation.load(compiled, enter, this.#stop.signal);
      const previous = await this.#swap(operation, next);
      if (previous !== undefined) await this.#retire(operation, previous);
      return { currentModel: staged.reference, previousModel: previous?.identity.reference ?? null };
    } catch (error) {
      await this.#restoreFiles();
      throw error;
    }
  }

  /** After a failure: as if the update had never been asked for. */
  async #restoreFiles(): Promise<void> {
    const { stateFile, logger } = this.#options;
    const restored = this.#state === undefined ? stateFile.remove() : this.#persist(this.#state);
    await restored.catch((error) => logger.error({ err: error }, `${stateFile.path} could not be put back`));
    await this.#forgetUnreferenced();
  }

  /** Swap and persist are one step to the outside: when the new state can't be written, the old model comes back. */
  async #swap(operation: Operation, next: Generation): Promise<Generation | undefined> {
    const { slot, metrics, historyLength, clock } = this.#options;
    const before = this.#currentState();
    operation.enter('swap');
    const { previous, lockHeldMs } = await slot.swap(next);
    operation.lockHeldMs = lockHeldMs;
    metrics.swapLock.observe(lockHeldMs / 1000);
    operation.enter('persist');
    const { reference: model, digest } = next.identity;
    const base = before ?? initialState({ model, digest }, clock.date());
    const after = afterSwap(base, { model, digest }, clock.date(), historyLength);
    try {
      await this.#persist(after);
    } catch (error) {
      if (previous !== undefined) await slot.swap(previous);
      await this.#drainAndClose(next);
      throw error;
    }
    this.#state = after;
    announce(next, metrics);
    return previous;
  }

  /** The new model serves already: nothing that goes wrong here may look like a failed update. */
  async #retire(operation: Operation, previous: Generation): Promise<void> {
    operation.enter('drain');
    await this.#drainAndClose(previous);
    operation.enter('release');
    await this.#forgetUnreferenced();
  }

  /** Deletes the copies that neither a restart nor a rollback will ask for. */
  async #forgetUnreferenced(): Promise<void> {
    const { keepOnly, logger } = this.#options;
    const state = this.#currentState();
    if (state === undefined) return;
    await keepOnly(referencedDigests(state)).catch((error) =>
      logger.warn({ err: error }, 'old model copies were not deleted'),
    );
  }

  async #drainAndClose(generation: Generation): Promise<void> {
    const { slot, clock, drainTimeoutMs, logger } = this.#options;
    const isDrained = await drainWithin(slot, generation, drainTimeoutMs, clock);
    if (!isDrained)
      logger.error(`requests still held ${generation.identity.reference} after ${drainTimeoutMs} ms`);
    await generation.close();
  }

  /** The state on disk, or what it would be for a server that was never updated. */
  #currentState(): ServingState | undefined {
    const identity = this.#options.slot.current?.identity;
    if (this.#state !== undefined || identity === undefined) return this.#state;
    return initialState({ model: identity.reference, digest: identity.digest }, this.#options.clock.date());
  }

  async #persist(state: ServingState | undefined): Promise<void> {
    if (state !== undefined) await this.#options.stateFile.write(state);
  }

  #remember(operation: Operation): void {
    this.#operations.set(operation.id, operation);
    const [oldest] = this.#operations.keys();
    if (this.#operations.size > REMEMBERED_OPERATIONS && oldest !== undefined)
      this.#operations.delete(oldest);
  }

  #now(): string {
    return this.#options.clock.date().toISOString();
  }
}
