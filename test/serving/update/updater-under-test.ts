import { expect } from 'vitest';
import type { Change, UpdateRequest } from '../../../src/serving/operation/change-request.ts';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import { ServingRecord } from '../../../src/serving/state/serving-record.ts';
import { StateFile } from '../../../src/serving/state/state-file.ts';
import type { UpdateOutcome } from '../../../src/serving/update/operations.ts';
import { Timeline } from '../../../src/serving/update/timeline.ts';
import { Updater } from '../../../src/serving/update/updater.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someMetrics, valueOf } from '../../support/some-metrics.ts';

/** What came of every change that succeeds. */
export const OUTCOME = { currentModel: 'local://b', previousModel: 'local://a' };

/** Who asks for everything. */
export const me = { by: 'me' };

/** A change that is carried out when the test says so, and given up when it is told to, as the real one. */
class FakeChange {
  readonly operation: Operation;
  readonly change: Change;
  readonly #end = Promise.withResolvers<Omit<UpdateOutcome, 'operation'>>();

  constructor(operation: Operation, change: Change) {
    this.operation = operation;
    this.change = change;
    operation.enter('resolve');
    operation.signal.addEventListener('abort', () => this.#end.reject(operation.signal.reason));
  }

  get outcome(): Promise<Omit<UpdateOutcome, 'operation'>> {
    return this.#end.promise;
  }

  succeed(): void {
    this.#end.resolve(OUTCOME);
  }

  fail(error: Error): void {
    this.#end.reject(error);
  }
}

/** An updater whose changes are carried out when the test says so. */
export class UpdaterUnderTest {
  readonly updater: Updater;
  readonly record: ServingRecord;
  readonly metrics = someMetrics();
  readonly log = new LogBook();
  /** Those that were begun, in order. */
  readonly begun: FakeChange[] = [];
  hasStarted = true;

  constructor() {
    const clock = new ManualClock();
    const { metrics } = this;
    const { logger } = this.log;
    this.record = new ServingRecord({
      dtype: 'auto',
      stateFile: new StateFile('/nowhere'),
      keepOnly: async () => {},
      serving: () => undefined,
      historyLength: 5,
      clock,
      logger,
      metrics,
    });
    this.updater = new Updater({
      change: (operation, change) => {
        const fake = new FakeChange(operation, change);
        this.begun.push(fake);
        return fake.outcome;
      },
      canonical: (reference) => (reference.includes('://') ? reference : `local://${reference}`),
      hasStarted: () => this.hasStarted,
      record: this.record,
      timeline: new Timeline(metrics),
      clock,
      logger,
    });
  }

  update(reference: string, terms: Partial<UpdateRequest> = {}, idempotencyKey?: string) {
    const request = { reference, dryRun: false, force: false, wait: false, ...terms };
    return this.updater.update(request, { ...me, idempotencyKey });
  }

  /** The change that was begun last. */
  last(): FakeChange {
    const change = this.begun.at(-1);
    if (change === undefined) throw new Error('nothing was begun');
    return change;
  }

  swaps(labels: Record<string, string>): Promise<number | undefined> {
    return valueOf(this.metrics, 'rerankd_swaps_total', labels);
  }
}

/** Until everything has happened that does not wait for the test. */
export const settled = () => new Promise(setImmediate);

export const statusOf = ({ operation }: { operation: Operation }) => operation.report.status;

export const inProgress = (message: RegExp) =>
  expect.objectContaining({ type: 'update_in_progress', message: expect.stringMatching(message) });
