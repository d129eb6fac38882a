import { ServiceError } from '../../errors.ts';
import type { Operation } from './operation.ts';
import type { OperationReport } from './operation-report.ts';

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

interface Remembered extends Started {
  readonly key: string | undefined;
  /** What was asked for, in full. */
  readonly fingerprint: string;
}

/** Operations that GET /update/:id and an idempotency key still know. */
const REMEMBERED_OPERATIONS = 50;

/** The operations of late, by their ids and by the keys of those who asked for them. */
export class Operations {
  readonly #byId = new Map<string, Remembered>();

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
    if (key === undefined) return undefined;
    const found = [...this.#byId.values()].find((entry) => entry.key === key);
    if (found === undefined || found.fingerprint === fingerprint) return found;
    throw new ServiceError(
      'invalid_request',
      `the Idempotency-Key "${key}" was given to another request before (operation ${found.operation.id})`,
      { detail: 'A key belongs to one request. Choose a new one for a new request.' },
    );
  }

  remember(started: Started, key: string | undefined, fingerprint: string): void {
    this.#byId.set(started.operation.id, { ...started, key, fingerprint });
    for (const [id, { operation }] of this.#byId) {
      if (this.#byId.size <= REMEMBERED_OPERATIONS) break;
      if (operation.isOver) this.#byId.delete(id);
    }
  }
}
