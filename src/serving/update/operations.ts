import { ServiceError } from '../../errors.ts';
import type { Operation } from '../operation/operation.ts';
import type { OperationReport } from '../operation/operation-report.ts';

export interface UpdateOutcome {
  readonly currentModel: string | null;
  readonly previousModel: string | null;
  readonly operation: OperationReport;
}

/** An operation and what it will come to. */
export interface Started {
  readonly operation: Operation;
  readonly outcome: Promise<UpdateOutcome>;
}

/** What a key was given to. */
interface Keyed {
  readonly started: Started;
  /** What was asked for, in full. */
  readonly fingerprint: string;
}

/** Operations that GET /update/:id and an idempotency key still know. */
const REMEMBERED_OPERATIONS = 50;

/** Many may ask for one operation. */
const REMEMBERED_KEYS = 500;

/** The operations of late, by their ids and by the keys of those who asked for them. */
export class Operations {
  readonly #byId = new Map<string, Started>();
  readonly #byKey = new Map<string, Keyed>();

  /** Those that are still known, the latest first. */
  get latestFirst(): readonly Operation[] {
    return [...this.#byId.values()].map(({ operation }) => operation).toReversed();
  }

  /** @throws ServiceError not_found for an id that was never given or is forgotten. */
  find(id: string): Started {
    const found = this.#byId.get(id);
    if (found !== undefined) return found;
    throw new ServiceError('not_found', `there is no update with the id "${id}"`, {
      detail: `The last ${REMEMBERED_OPERATIONS} are remembered, until the server restarts.`,
    });
  }

  /**
   * The operation that was started under that key.
   * @throws ServiceError invalid_request when it was another request.
   */
  replay(key: string | undefined, fingerprint: string): Started | undefined {
    const found = key === undefined ? undefined : this.#byKey.get(key);
    if (found === undefined || found.fingerprint === fingerprint) return found?.started;
    const { id } = found.started.operation;
    throw new ServiceError(
      'invalid_request',
      `the Idempotency-Key "${key}" was given to another request before (operation ${id})`,
      { detail: 'A key belongs to one request. Choose a new one for a new request.' },
    );
  }

  /** @param key of whoever asked for it, first or again. */
  remember(started: Started, key: string | undefined, fingerprint: string): void {
    this.#byId.set(started.operation.id, started);
    if (key !== undefined) this.#byKey.set(key, { started, fingerprint });
    for (const [id, { operation }] of this.#byId) {
      if (this.#byId.size <= REMEMBERED_OPERATIONS) break;
      if (operation.isOver) this.#byId.delete(id);
    }
    for (const [known, { started: by }] of this.#byKey) {
      const isForgotten = !this.#byId.has(by.operation.id);
      if (isForgotten || this.#byKey.size > REMEMBERED_KEYS) this.#byKey.delete(known);
    }
  }
}
