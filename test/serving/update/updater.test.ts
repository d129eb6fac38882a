import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import type { Change, UpdateRequest } from '../../../src/serving/operation/change-request.ts';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import { afterSwap, initialState } from '../../../src/serving/state/history.ts';
import { ServingRecord } from '../../../src/serving/state/serving-record.ts';
import type { ModelEntry } from '../../../src/serving/state/serving-state.ts';
import { StateFile } from '../../../src/serving/state/state-file.ts';
import type { UpdateOutcome } from '../../../src/serving/update/operations.ts';
import { Timeline } from '../../../src/serving/update/timeline.ts';
import { Updater } from '../../../src/serving/update/updater.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someMetrics, valueOf } from '../../support/some-metrics.ts';

const OUTCOME = { currentModel: 'local://b', previousModel: 'local://a' };
const me = { by: 'me' };

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

let updater: Updater;
let record: ServingRecord;
let metrics: Metrics;
let log: LogBook;
let hasStarted: boolean;
/** Those that were begun, in order. */
let begun: FakeChange[];

beforeEach(() => {
  const clock = new ManualClock();
  metrics = someMetrics();
  log = new LogBook();
  hasStarted = true;
  begun = [];
  record = new ServingRecord({
    dtype: 'auto',
    stateFile: new StateFile('/nowhere'),
    keepOnly: async () => {},
    serving: () => undefined,
    historyLength: 5,
    clock,
    logger: log.logger,
    metrics,
  });
  updater = new Updater({
    change: (operation, change) => {
      const fake = new FakeChange(operation, change);
      begun.push(fake);
      return fake.outcome;
    },
    canonical: (reference) => (reference.includes('://') ? reference : `local://${reference}`),
    hasStarted: () => hasStarted,
    record,
    timeline: new Timeline(metrics),
    clock,
    logger: log.logger,
  });
});

const request = (reference: string, terms: Partial<UpdateRequest> = {}): UpdateRequest => ({
  reference,
  dryRun: false,
  force: false,
  wait: false,
  ...terms,
});
const update = (reference: string, terms: Partial<UpdateRequest> = {}, idempotencyKey?: string) =>
  updater.update(request(reference, terms), { ...me, idempotencyKey });

function last(): FakeChange {
  const change = begun.at(-1);
  if (change === undefined) throw new Error('nothing was begun');
  return change;
}

/** Until everything has happened that does not wait for the test. */
const settled = () => new Promise(setImmediate);

const statusOf = ({ operation }: { operation: Operation }) => operation.report.status;
const swaps = (labels: Record<string, string>) => valueOf(metrics, 'rerankd_swaps_total', labels);
const inProgress = (message: RegExp) =>
  expect.objectContaining({ type: 'update_in_progress', message: expect.stringMatching(message) });

describe('an updater', () => {
  it('carries an update out, and tells what came of it', async () => {
    const { operation, outcome } = update('b', { dtype: 'int8' });
    expect(last().change).toMatchObject({
      kind: 'update',
      target: { reference: 'local://b', dtype: 'int8' },
    });
    expect(updater.running).toBe(operation);
    expect(updater.find(operation.id)).toBe(operation);
    last().succeed();
    expect(await outcome).toEqual({ ...OUTCOME, operation: operation.report });
    expect(operation.report).toMatchObject({ status: 'succeeded', by: 'me', kind: 'update' });
    expect(updater.running).toBeUndefined();
    expect(await swaps({ kind: 'update', outcome: 'succeeded' })).toBe(1);
    expect(log.find(/^update to local:\/\/b by me: succeeded/)).toBeDefined();
  });

  it('says in full why one failed, and goes on with the next', async () => {
    const { operation, outcome } = update('b');
    const error = new ServiceError('invalid_model', 'it has no head', { detail: 'Train one.' });
    last().fail(error);
    await expect(outcome).rejects.toBe(error);
    expect(operation.report).toMatchObject({ status: 'failed', error: 'it has no head. Train one.' });
    expect(await swaps({ outcome: 'failed' })).toBe(1);
    update('b');
    expect(begun).toHaveLength(2);
  });

  it('leaks no rejection where nobody waits for the outcome', async () => {
    update('b');
    update('c', { wait: true });
    update('d', { wait: true });
    last().fail(new Error('broken'));
    await settled();
    last().fail(new Error('broken'));
    await settled();
    expect(begun.map(({ change }) => change.target.reference)).toEqual(['local://b', 'local://d']);
    expect(updater.running).toBeUndefined();
  });

  it('does one thing at a time: another one is refused by the name of the first, the same one joins it', async () => {
    const first = update('b');
    expect(() => update('c')).toThrow(
      inProgress(new RegExp(`local://b is under way \\(operation ${first.operation.id}\\)`)),
    );
    expect(() => update('b', { force: true })).toThrow(inProgress(/./));
    expect(() => update('b', { dtype: 'int8' })).toThrow(inProgress(/./));
    const joined = [update('b'), update('local://b'), update('b', { wait: true })];
    for (const { operation, outcome } of joined) {
      expect(operation).toBe(first.operation);
      expect(outcome).toBe(first.outcome);
    }
    expect(begun).toHaveLength(1);
    last().succeed();
    await first.outcome;
    expect(update('b').operation).not.toBe(first.operation);
  });

  it('has nothing to change before the first model serves', () => {
    hasStarted = false;
    expect(() => update('b')).toThrow(expect.objectContaining({ type: 'unavailable' }));
    hasStarted = true;
    expect(statusOf(update('b'))).toBe('running');
  });

  it('knows no operation that it was never asked for', async () => {
    expect(() => updater.find('x')).toThrow(expect.objectContaining({ type: 'not_found' }));
    await expect(updater.cancel('x')).rejects.toMatchObject({ type: 'not_found' });
  });
});

describe('a key', () => {
  it('gets the same operation again, while it runs and when it is over', async () => {
    const first = update('b', {}, 'key');
    expect(update('b', {}, 'key').operation).toBe(first.operation);
    last().succeed();
    await first.outcome;
    const again = update('b', { wait: true }, 'key');
    expect(again.operation).toBe(first.operation);
    expect(await again.outcome).toEqual(await first.outcome);
    expect(begun).toHaveLength(1);
  });

  it('gets the same failure again', async () => {
    const first = update('b', {}, 'key');
    last().fail(new Error('broken'));
    await expect(first.outcome).rejects.toThrow('broken');
    await expect(update('b', {}, 'key').outcome).rejects.toThrow('broken');
    expect(begun).toHaveLength(1);
  });

  it('is good for one request only', () => {
    update('b', {}, 'key');
    for (const other of [() => update('c', {}, 'key'), () => update('b', { dryRun: true }, 'key')]) {
      expect(other).toThrow(expect.objectContaining({ type: 'invalid_request' }));
    }
    expect(() => updater.rollback({}, { ...me, idempotencyKey: 'key' })).toThrow(
      expect.objectContaining({ type: 'invalid_request' }),
    );
  });

  it('of whoever joined an operation stands for it too', async () => {
    const first = update('b');
    update('b', {}, 'key');
    last().succeed();
    await first.outcome;
    expect(update('b', {}, 'key').operation).toBe(first.operation);
    expect(() => update('c', {}, 'key')).toThrow(expect.objectContaining({ type: 'invalid_request' }));
  });
});

describe('a rollback', () => {
  const at = new Date(0);
  const entry = (name: string): ModelEntry => ({ model: `local://${name}`, digest: name.repeat(64) });
  const [a, b, c] = [entry('a'), { ...entry('b'), dtype: 'int8' as const }, entry('c')];

  /** That `next` serves now, as after an update. */
  const serves = (next: ModelEntry): void => {
    const { state } = record;
    record.restore(
      state === undefined
        ? initialState(next, at)
        : afterSwap(state, next, { since: at, configured: 'auto' }, 5),
      undefined,
    );
  };
  beforeEach(() => {
    for (const model of [a, b, c]) serves(model);
  });

  it('goes to the model before, in the form that it had, and nothing it is compared with stands in the way', () => {
    const { operation } = updater.rollback({}, me);
    expect(last().change).toMatchObject({
      kind: 'rollback',
      target: { reference: 'local://b', digest: b.digest, dtype: 'int8' },
      force: true,
      probation: { requests: 0 },
    });
    // It was not let through by force: nobody asked for that.
    expect(operation.report).toMatchObject({ kind: 'rollback', forced: false });
  });

  it('goes to one of the history by name or digest', () => {
    updater.rollback({ to: 'local://a' }, me);
    expect(last().change.target).toMatchObject({ reference: 'local://a', digest: a.digest });
    expect(() => updater.rollback({ to: 'local://a', dtype: 'fp16' }, me)).toThrow(
      expect.objectContaining({
        type: 'model_not_found',
        message: '"local://a" is not in the history as fp16',
      }),
    );
    expect(() => updater.rollback({ to: 'local://never' }, me)).toThrow(
      expect.objectContaining({ type: 'model_not_found' }),
    );
  });

  it('has nowhere to go while there is no model before', () => {
    record.restore(undefined, undefined);
    expect(() => updater.rollback({}, me)).toThrow(expect.objectContaining({ type: 'model_not_found' }));
  });

  it('is done once, however often it is sent under one key', async () => {
    const mine = { ...me, idempotencyKey: 'key' };
    const first = updater.rollback({}, mine);
    last().succeed();
    await first.outcome;
    // The model before is another one now.
    serves(b);
    expect(updater.rollback({}, mine).operation).toBe(first.operation);
    expect(begun).toHaveLength(1);
    expect(() => updater.rollback({ to: 'local://a' }, mine)).toThrow(
      expect.objectContaining({ type: 'invalid_request' }),
    );
    // Without the key it is another wish, and leads back.
    updater.rollback({}, me);
    expect(last().change.target.reference).toBe('local://c');
  });

  it('is refused while an update runs', () => {
    update('d');
    expect(() => updater.rollback({}, me)).toThrow(inProgress(/local:\/\/d is under way/));
  });
});

describe('an update that waits', () => {
  it('begins when the one before it has ended, however that ended', async () => {
    for (const end of ['succeed', 'fail'] as const) {
      const first = update(`first-${end}`);
      const before = begun.length;
      const second = update(`second-${end}`, { wait: true });
      await settled();
      expect(begun).toHaveLength(before);
      expect(statusOf(second)).toBe('waiting');
      expect(updater.running).toBe(first.operation);
      if (end === 'succeed') last().succeed();
      else last().fail(new Error('broken'));
      await settled();
      expect(statusOf(second)).toBe('running');
      expect(updater.running).toBe(second.operation);
      last().succeed();
      expect((await second.outcome).operation.status).toBe('succeeded');
    }
  });

  it('is joined by the same one', async () => {
    update('b');
    const waiting = update('c', { wait: true });
    expect(update('c').operation).toBe(waiting.operation);
    expect(update('c', { wait: true }, 'key').operation).toBe(waiting.operation);
    last().succeed();
    await settled();
    last().succeed();
    await waiting.outcome;
    expect(begun).toHaveLength(2);
  });

  it('is superseded by a newer one, which is what the operator wants in the end', async () => {
    update('b');
    const older = update('c', { wait: true });
    const newer = update('d', { wait: true });
    await expect(older.outcome).rejects.toMatchObject({
      type: 'update_in_progress',
      message: 'the update to local://c was superseded by one to local://d',
      detail: expect.stringContaining(newer.operation.id),
    });
    expect(older.operation.report).toMatchObject({
      status: 'superseded',
      phases: [],
      error: expect.stringContaining('superseded'),
    });
    expect(statusOf(newer)).toBe('waiting');
    expect(log.find(/^update to local:\/\/c by me: superseded/)).toBeDefined();
    last().succeed();
    await settled();
    expect(statusOf(newer)).toBe('running');
    expect(begun).toHaveLength(2);
  });

  it('is refused behind by one that does not wait', () => {
    update('b');
    update('c', { wait: true });
    expect(() => update('d')).toThrow(inProgress(/local:\/\/b is under way/));
  });

  it('can be cancelled before it has begun', async () => {
    const first = update('b');
    const waiting = update('c', { wait: true });
    const cancelled = await updater.cancel(waiting.operation.id);
    expect(cancelled.report).toMatchObject({ status: 'cancelled', phases: [] });
    await expect(waiting.outcome).rejects.toMatchObject({
      message: expect.stringContaining('was cancelled'),
    });
    expect(statusOf(first)).toBe('running');
    last().succeed();
    await settled();
    expect(begun).toHaveLength(1);
    expect(updater.running).toBeUndefined();
  });
});

describe('an operation', () => {
  it('is cancelled when nothing of it is left', async () => {
    const { operation, outcome } = update('b');
    const cancelled = updater.cancel(operation.id);
    expect(operation.signal.aborted).toBe(true);
    expect((await cancelled).report).toMatchObject({
      status: 'cancelled',
      error: 'the update to local://b was cancelled',
    });
    await expect(outcome).rejects.toMatchObject({ type: 'update_in_progress' });
    expect(updater.running).toBeUndefined();
    expect(await swaps({ outcome: 'cancelled' })).toBe(1);
    // Once more changes nothing.
    expect((await updater.cancel(operation.id)).report.status).toBe('cancelled');
  });

  it('can not be cancelled once its model serves, nor when it has succeeded', async () => {
    const { operation, outcome } = update('b');
    operation.commit();
    await expect(updater.cancel(operation.id)).rejects.toEqual(
      inProgress(/too late to cancel the update to local:\/\/b/),
    );
    expect(operation.signal.aborted).toBe(false);
    last().succeed();
    await outcome;
    await expect(updater.cancel(operation.id)).rejects.toEqual(inProgress(/too late/));
  });

  it('has failed, and was not cancelled, when it took too long', async () => {
    const { operation, outcome } = update('b');
    operation.commit();
    operation.expire(new ServiceError('timeout', 'it was not ready in time'));
    await expect(outcome).rejects.toThrow('it was not ready in time');
    expect(operation.report).toMatchObject({ status: 'failed', error: 'it was not ready in time' });
  });

  it('that has failed, or was only a trial, has nothing to cancel', async () => {
    const failed = update('b');
    last().fail(new Error('broken'));
    await settled();
    expect((await updater.cancel(failed.operation.id)).report.status).toBe('failed');
    const trial = update('b', { dryRun: true });
    last().succeed();
    await trial.outcome;
    expect((await updater.cancel(trial.operation.id)).report.status).toBe('succeeded');
  });
});

describe('everything that is under way', () => {
  const reason = new ServiceError('update_in_progress', 'the model is being taken back');

  it('is given up on demand, and the next one may begin', async () => {
    const [running, waiting] = [update('b'), update('c', { wait: true })];
    await updater.settle(reason);
    for (const { operation, outcome } of [running, waiting]) {
      expect(operation.report.status).toBe('cancelled');
      await expect(outcome).rejects.toBe(reason);
    }
    expect(updater.running).toBeUndefined();
    expect(begun).toHaveLength(1);
    expect(statusOf(update('d'))).toBe('running');
  });

  it('is waited for where it is too late to give it up', async () => {
    const { operation } = update('b');
    operation.commit();
    const settling = updater.settle(reason).then(() => 'settled');
    expect(await Promise.race([settling, settled().then(() => 'not yet')])).toBe('not yet');
    last().succeed();
    expect(await settling).toBe('settled');
    expect(operation.report.status).toBe('succeeded');
  });

  it('is given up with what comes to wait meanwhile, so that whoever asked has the next turn', async () => {
    const { operation } = update('b');
    operation.commit();
    const turn = updater.settle(reason).then(() => update('d'));
    const late = update('c', { wait: true });
    last().succeed();
    expect(statusOf(await turn)).toBe('running');
    await expect(late.outcome).rejects.toBe(reason);
    expect(begun.map(({ change }) => change.target.reference)).toEqual(['local://b', 'local://d']);
  });

  it('is given up for good at the end', async () => {
    const running = update('b', {}, 'key');
    await updater.close();
    expect(statusOf(running)).toBe('cancelled');
    await expect(running.outcome).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('shutting down'),
    });
    for (const late of [() => update('b', {}, 'key'), () => update('c'), () => updater.rollback({}, me)]) {
      expect(late).toThrow(expect.objectContaining({ type: 'unavailable' }));
    }
  });
});

describe('a preload', () => {
  const preload = (reference: string, wait = false) =>
    updater.preload({ reference, force: false, wait }, { ...me, idempotencyKey: undefined });

  it('is an operation of its own kind, and no swap to measure', async () => {
    const { operation, outcome } = preload('b');
    expect(last().change).toMatchObject({
      kind: 'preload',
      target: { reference: 'local://b' },
      dryRun: false,
    });
    expect(operation.report).toMatchObject({ kind: 'preload', model: 'local://b', forced: false });
    expect(preload('b').operation, 'asked for again').toBe(operation);
    last().succeed();
    expect((await outcome).operation.status).toBe('succeeded');
    expect(await swaps({ kind: 'preload', outcome: 'succeeded', mode: 'none' })).toBe(1);
    expect(await valueOf(metrics, 'rerankd_swap_duration_seconds')).toBe(0);
    expect(await updater.cancel(operation.id), 'over, and nothing to go back from').toBe(operation);
  });

  it('is not the update to the same model', () => {
    preload('b');
    expect(() => update('b')).toThrow(inProgress(/a preload of local:\/\/b is under way/));
  });

  it('waits behind an update when told to, and takes the place of none that waits', async () => {
    const first = update('b');
    expect(() => preload('c')).toThrow(inProgress(/an update to local:\/\/b/));
    const second = preload('c', true);
    const third = update('d', { wait: true });
    await expect(second.outcome).rejects.toThrow(/superseded/);
    expect(() => preload('e', true)).toThrow(inProgress(/an update to local:\/\/d/));
    last().succeed();
    await first.outcome;
    await settled();
    last().succeed();
    await third.outcome;
    expect(begun.map(({ change }) => change.target.reference)).toEqual(['local://b', 'local://d']);
  });

  it('can be given up', async () => {
    const { operation, outcome } = preload('b');
    await updater.cancel(operation.id);
    await expect(outcome).rejects.toThrow('the preload to local://b was cancelled');
    expect(statusOf({ operation })).toBe('cancelled');
  });
});
