import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import { inProgress, me, OUTCOME, settled, statusOf, UpdaterUnderTest } from './updater-under-test.ts';

let under: UpdaterUnderTest;

beforeEach(() => {
  under = new UpdaterUnderTest();
});

describe('an updater', () => {
  it('carries an update out, and tells what came of it', async () => {
    const { operation, outcome } = under.update('b', { dtype: 'int8' });
    expect(under.last().change).toMatchObject({
      kind: 'update',
      target: { reference: 'local://b', dtype: 'int8' },
    });
    expect(under.updater.running).toBe(operation);
    expect(under.updater.find(operation.id)).toBe(operation);
    under.last().succeed();
    expect(await outcome).toEqual({ ...OUTCOME, operation: operation.report });
    expect(operation.report).toMatchObject({ status: 'succeeded', by: 'me', kind: 'update' });
    expect(under.updater.running).toBeUndefined();
    expect(await under.swaps({ kind: 'update', outcome: 'succeeded' })).toBe(1);
    expect(under.log.find(/^update to local:\/\/b by me: succeeded/)).toBeDefined();
  });

  it('says in full why one failed, and goes on with the next', async () => {
    const { operation, outcome } = under.update('b');
    const error = new ServiceError('invalid_model', 'it has no head', { detail: 'Train one.' });
    under.last().fail(error);
    await expect(outcome).rejects.toBe(error);
    expect(operation.report).toMatchObject({ status: 'failed', error: 'it has no head. Train one.' });
    expect(await under.swaps({ outcome: 'failed' })).toBe(1);
    under.update('b');
    expect(under.begun).toHaveLength(2);
  });

  it('leaks no rejection where nobody waits for the outcome', async () => {
    under.update('b');
    under.update('c', { wait: true });
    under.update('d', { wait: true });
    under.last().fail(new Error('broken'));
    await settled();
    under.last().fail(new Error('broken'));
    await settled();
    expect(under.begun.map(({ change }) => change.target.reference)).toEqual(['local://b', 'local://d']);
    expect(under.updater.running).toBeUndefined();
  });

  it('does one thing at a time: another one is refused by the name of the first, the same one joins it', async () => {
    const first = under.update('b');
    expect(() => under.update('c')).toThrow(
      inProgress(new RegExp(`local://b is under way \\(operation ${first.operation.id}\\)`)),
    );
    expect(() => under.update('b', { force: true })).toThrow(inProgress(/./));
    expect(() => under.update('b', { dtype: 'int8' })).toThrow(inProgress(/./));
    const joined = [under.update('b'), under.update('local://b'), under.update('b', { wait: true })];
    for (const { operation, outcome } of joined) {
      expect(operation).toBe(first.operation);
      expect(outcome).toBe(first.outcome);
    }
    expect(under.begun).toHaveLength(1);
    under.last().succeed();
    await first.outcome;
    expect(under.update('b').operation).not.toBe(first.operation);
  });

  it('has nothing to change before the first model serves', () => {
    under.hasStarted = false;
    expect(() => under.update('b')).toThrow(expect.objectContaining({ type: 'unavailable' }));
    under.hasStarted = true;
    expect(statusOf(under.update('b'))).toBe('running');
  });

  it('knows no operation that it was never asked for', async () => {
    expect(() => under.updater.find('x')).toThrow(expect.objectContaining({ type: 'not_found' }));
    await expect(under.updater.cancel('x')).rejects.toMatchObject({ type: 'not_found' });
  });
});

describe('a key', () => {
  it('gets the same operation again, while it runs and when it is over', async () => {
    const first = under.update('b', {}, 'key');
    expect(under.update('b', {}, 'key').operation).toBe(first.operation);
    under.last().succeed();
    await first.outcome;
    const again = under.update('b', { wait: true }, 'key');
    expect(again.operation).toBe(first.operation);
    expect(await again.outcome).toEqual(await first.outcome);
    expect(under.begun).toHaveLength(1);
  });

  it('gets the same failure again', async () => {
    const first = under.update('b', {}, 'key');
    under.last().fail(new Error('broken'));
    await expect(first.outcome).rejects.toThrow('broken');
    await expect(under.update('b', {}, 'key').outcome).rejects.toThrow('broken');
    expect(under.begun).toHaveLength(1);
  });

  it('is good for one request only', () => {
    under.update('b', {}, 'key');
    for (const other of [
      () => under.update('c', {}, 'key'),
      () => under.update('b', { dryRun: true }, 'key'),
    ]) {
      expect(other).toThrow(expect.objectContaining({ type: 'invalid_request' }));
    }
    expect(() => under.updater.rollback({}, { ...me, idempotencyKey: 'key' })).toThrow(
      expect.objectContaining({ type: 'invalid_request' }),
    );
  });

  it('of whoever joined an operation stands for it too', async () => {
    const first = under.update('b');
    under.update('b', {}, 'key');
    under.last().succeed();
    await first.outcome;
    expect(under.update('b', {}, 'key').operation).toBe(first.operation);
    expect(() => under.update('c', {}, 'key')).toThrow(expect.objectContaining({ type: 'invalid_request' }));
  });
});
