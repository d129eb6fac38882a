import { beforeEach, describe, expect, it } from 'vitest';
import { valueOf } from '../../support/some-metrics.ts';
import { inProgress, me, settled, statusOf, UpdaterUnderTest } from './updater-under-test.ts';

let under: UpdaterUnderTest;

beforeEach(() => {
  under = new UpdaterUnderTest();
});

describe('an update that waits', () => {
  it('begins when the one before it has ended, however that ended', async () => {
    for (const end of ['succeed', 'fail'] as const) {
      const first = under.update(`first-${end}`);
      const before = under.begun.length;
      const second = under.update(`second-${end}`, { wait: true });
      await settled();
      expect(under.begun).toHaveLength(before);
      expect(statusOf(second)).toBe('waiting');
      expect(under.updater.running).toBe(first.operation);
      if (end === 'succeed') under.last().succeed();
      else under.last().fail(new Error('broken'));
      await settled();
      expect(statusOf(second)).toBe('running');
      expect(under.updater.running).toBe(second.operation);
      under.last().succeed();
      expect((await second.outcome).operation.status).toBe('succeeded');
    }
  });

  it('is joined by the same one', async () => {
    under.update('b');
    const waiting = under.update('c', { wait: true });
    expect(under.update('c').operation).toBe(waiting.operation);
    expect(under.update('c', { wait: true }, 'key').operation).toBe(waiting.operation);
    under.last().succeed();
    await settled();
    under.last().succeed();
    await waiting.outcome;
    expect(under.begun).toHaveLength(2);
  });

  it('is superseded by a newer one, which is what the operator wants in the end', async () => {
    under.update('b');
    const older = under.update('c', { wait: true });
    const newer = under.update('d', { wait: true });
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
    expect(under.log.find(/^update to local:\/\/c by me: superseded/)).toBeDefined();
    under.last().succeed();
    await settled();
    expect(statusOf(newer)).toBe('running');
    expect(under.begun).toHaveLength(2);
  });

  it('is refused behind by one that does not wait', () => {
    under.update('b');
    under.update('c', { wait: true });
    expect(() => under.update('d')).toThrow(inProgress(/local:\/\/b is under way/));
  });

  it('can be cancelled before it has begun', async () => {
    const first = under.update('b');
    const waiting = under.update('c', { wait: true });
    const cancelled = await under.updater.cancel(waiting.operation.id);
    expect(cancelled.report).toMatchObject({ status: 'cancelled', phases: [] });
    await expect(waiting.outcome).rejects.toMatchObject({
      message: expect.stringContaining('was cancelled'),
    });
    expect(statusOf(first)).toBe('running');
    under.last().succeed();
    await settled();
    expect(under.begun).toHaveLength(1);
    expect(under.updater.running).toBeUndefined();
  });
});

describe('a preload', () => {
  const preload = (reference: string, wait = false) =>
    under.updater.preload({ reference, force: false, wait }, { ...me, idempotencyKey: undefined });

  it('is an operation of its own kind, and no swap to measure', async () => {
    const { operation, outcome } = preload('b');
    expect(under.last().change).toMatchObject({
      kind: 'preload',
      target: { reference: 'local://b' },
      dryRun: false,
    });
    expect(operation.report).toMatchObject({ kind: 'preload', model: 'local://b', forced: false });
    expect(preload('b').operation, 'asked for again').toBe(operation);
    under.last().succeed();
    expect((await outcome).operation.status).toBe('succeeded');
    expect(await under.swaps({ kind: 'preload', outcome: 'succeeded', mode: 'none' })).toBe(1);
    expect(await valueOf(under.metrics, 'rerankd_swap_duration_seconds')).toBe(0);
    expect(await under.updater.cancel(operation.id), 'over, and nothing to go back from').toBe(operation);
  });

  it('is not the update to the same model', () => {
    preload('b');
    expect(() => under.update('b')).toThrow(inProgress(/a preload of local:\/\/b is under way/));
  });

  it('waits behind an update when told to, and takes the place of none that waits', async () => {
    const first = under.update('b');
    expect(() => preload('c')).toThrow(inProgress(/an update to local:\/\/b/));
    const second = preload('c', true);
    const third = under.update('d', { wait: true });
    await expect(second.outcome).rejects.toThrow(/superseded/);
    expect(() => preload('e', true)).toThrow(inProgress(/an update to local:\/\/d/));
    under.last().succeed();
    await first.outcome;
    await settled();
    under.last().succeed();
    await third.outcome;
    expect(under.begun.map(({ change }) => change.target.reference)).toEqual(['local://b', 'local://d']);
  });

  it('can be given up', async () => {
    const { operation, outcome } = preload('b');
    await under.updater.cancel(operation.id);
    await expect(outcome).rejects.toThrow('the preload to local://b was cancelled');
    expect(statusOf({ operation })).toBe('cancelled');
  });
});
