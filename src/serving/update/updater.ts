import { randomUUID } from 'node:crypto';
import { messageOf, ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type {
  Caller,
  Change,
  PreloadRequest,
  RollbackRequest,
  UpdateRequest,
} from '../operation/change-request.ts';
import { Operation } from '../operation/operation.ts';
import type { ServingRecord } from '../state/serving-record.ts';
import { OperationQueue } from './operation-queue.ts';
import { Operations, type Started, type UpdateOutcome } from './operations.ts';
import { audit, type Timeline } from './timeline.ts';

export interface UpdaterOptions {
  /** Carries a change out. */
  readonly change: (operation: Operation, change: Change) => Promise<Omit<UpdateOutcome, 'operation'>>;
  /** @see ModelRoots.canonical */
  readonly canonical: (reference: string) => string;
  /** True once the first model serves. */
  readonly hasStarted: () => boolean;
  readonly record: ServingRecord;
  readonly timeline: Timeline;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Changes the model, one operation at a time; one more may wait. Whatever goes wrong, the model that served keeps serving. */
export class Updater {
  readonly #options: UpdaterOptions;
  readonly #operations = new Operations();
  readonly #queue: OperationQueue;
  #closed: Error | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#queue = new OperationQueue((operation, why) => {
      operation.end(why, inFull(operation.signal.reason));
      audit(options.logger, operation);
    });
  }

  /** The operation that is being carried out. */
  get running(): Operation | undefined {
    return this.#queue.running;
  }

  /** The operations of late, the latest first. */
  get recent(): readonly Operation[] {
    return this.#operations.latestFirst;
  }

  /** @throws ServiceError not_found */
  find(id: string): Operation {
    return this.#operations.find(id).operation;
  }

  /**
   * Starts an update, or joins the running one when it is the same.
   * @throws ServiceError update_in_progress that names the running one; invalid_request.
   */
  update({ reference, ...terms }: UpdateRequest, caller: Caller): Started {
    const target = { reference: this.#options.canonical(reference), dtype: terms.dtype };
    return this.#joinOrBegin({ ...terms, kind: 'update', target }, caller);
  }

  /**
   * Makes a model ready without a swap: a later update to it starts at its load. It is an operation like others, so that it never
   * runs beside one.
   * @throws ServiceError update_in_progress that names the running one, or the one that waits; invalid_request.
   */
  preload({ reference, dtype, ...terms }: PreloadRequest, caller: Caller): Started {
    const target = { reference: this.#options.canonical(reference), dtype };
    return this.#joinOrBegin({ ...terms, kind: 'preload', target, dryRun: false }, caller);
  }

  /**
   * Goes back to the model before this one, or to one of the history.
   * @throws ServiceError model_not_found, update_in_progress.
   */
  rollback({ to, dtype, badBecause }: RollbackRequest, caller: Caller): Started {
    // What it leads to is another model once it is done: asked again by the same key, it is still the same wish.
    const fingerprint = JSON.stringify({ kind: 'rollback', to, dtype });
    const known = this.#known(fingerprint, caller);
    if (known !== undefined) return known;
    const { record } = this.#options;
    const found = to === undefined ? record.state?.previous : record.find(to, dtype);
    if (found) {
      const target = { reference: found.model, digest: found.digest, dtype: found.dtype };
      // It was good once: nothing that compares it with the model that it replaces may stand in the way.
      const terms = { dryRun: false, force: true, wait: false, probation: { requests: 0 } };
      return this.#begin({ ...terms, kind: 'rollback', target, badBecause }, fingerprint, caller);
    }
    const form = dtype === undefined ? '' : ` as ${dtype}`;
    const what =
      to === undefined ? 'there is no model to go back to' : `"${to}" is not in the history${form}`;
    throw new ServiceError('model_not_found', what, { detail: 'GET /models lists the history.' });
  }

  /**
   * Gives an operation up and waits until nothing of it is left.
   * @throws ServiceError update_in_progress when its model serves already; not_found.
   */
  async cancel(id: string): Promise<Operation> {
    const { operation, outcome } = this.#operations.find(id);
    const reason = new ServiceError(
      'update_in_progress',
      `the ${operation.kind} to ${operation.reference} was cancelled`,
    );
    if (operation.abort(reason)) await outcome.catch(() => {});
    const { status, dry_run, kind } = operation.report;
    const hasSwapped = status === 'succeeded' && !dry_run && kind !== 'preload';
    if (status !== 'running' && !hasSwapped) return operation;
    throw new ServiceError(
      'update_in_progress',
      `it is too late to cancel the ${operation.kind} to ${operation.reference}`,
      {
        detail:
          'The new model serves already, or takes the place of one that has ended. POST /rollback goes back.',
      },
    );
  }

  /** Gives up what is under way, and waits until no operation runs. */
  async settle(reason: Error): Promise<void> {
    await this.#queue.settle(reason);
  }

  /** Gives up what is under way for good. */
  async close(): Promise<void> {
    this.#closed = new ServiceError('unavailable', 'the server is shutting down', { retryAfterSeconds: 5 });
    await this.settle(this.#closed);
  }

  /**
   * The operation that was asked for before, by the same key or in the same words.
   * @param fingerprint of what is asked for.
   */
  #known(fingerprint: string, { idempotencyKey }: Caller): Started | undefined {
    if (this.#closed !== undefined) throw this.#closed;
    const replayed = this.#operations.replay(idempotencyKey, fingerprint);
    if (replayed !== undefined) return replayed;
    const joined = this.#queue.find(fingerprint);
    if (joined !== undefined) this.#operations.remember(joined, idempotencyKey, fingerprint);
    return joined;
  }

  #joinOrBegin(change: Change, caller: Caller): Started {
    const { wait: _, ...asked } = change;
    const fingerprint = JSON.stringify(asked);
    return this.#known(fingerprint, caller) ?? this.#begin(change, fingerprint, caller);
  }

  #begin(change: Change, fingerprint: string, caller: Caller): Started {
    if (!this.#options.hasStarted()) {
      throw new ServiceError('unavailable', 'the first model is still loading', { retryAfterSeconds: 1 });
    }
    const { running, waiting } = this.#queue;
    if (running !== undefined && !change.wait) throw inProgress(running);
    // What only saves time later must not take the place of an update that waits.
    if (waiting !== undefined && change.kind === 'preload') throw inProgress(waiting);
    const operation = this.#operation(change, caller);
    const started = this.#queue.add(operation, fingerprint, () => this.#carryOut(operation, change));
    this.#operations.remember(started, caller.idempotencyKey, fingerprint);
    return started;
  }

  #operation({ kind, target, dryRun, force }: Change, { by, trace }: Caller): Operation {
    return new Operation({
      id: randomUUID(),
      kind,
      reference: target.reference,
      by,
      dryRun,
      forced: force && kind !== 'rollback',
      trace,
      clock: this.#options.clock,
    });
  }

  async #carryOut(operation: Operation, change: Change): Promise<UpdateOutcome> {
    const { timeline, logger } = this.#options;
    const log = logger.child({ operation: operation.id });
    log.info(`${operation.kind} to ${operation.reference} begins`);
    try {
      const outcome = await this.#options.change(operation, change);
      operation.end('succeeded');
      return { ...outcome, operation: operation.report };
    } catch (error) {
      operation.end(operation.isGivenUp ? 'cancelled' : 'failed', inFull(error));
      // What a person asked for and could not have is no fault of the server; the audit line says why.
      if (isOwnFault(error) && !operation.isGivenUp)
        log.error({ err: error }, `${operation.kind} to ${operation.reference}: ${messageOf(error)}`);
      throw error;
    } finally {
      timeline.record(operation);
      audit(logger, operation);
    }
  }
}

function isOwnFault(error: unknown): boolean {
  return !(error instanceof ServiceError) || error.type === 'internal';
}

/** Who follows an operation sees nothing else of its failure. */
function inFull(error: unknown): string {
  const { detail } = error instanceof ServiceError ? error : {};
  return detail === undefined ? messageOf(error) : `${messageOf(error)}. ${detail}`;
}

function inProgress({ id, kind, reference }: Operation): ServiceError {
  const what = kind === 'preload' ? 'a preload of' : 'an update to';
  return new ServiceError('update_in_progress', `${what} ${reference} is under way (operation ${id})`, {
    detail: `Wait for it (GET /update/${id}), cancel it (DELETE /update/${id}), or send "wait": true.`,
  });
}
