import { beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import type { ProbationReport } from '../../../src/serving/operation/probation-report.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';

const onProbation: ProbationReport = {
  state: 'running',
  requests: 0,
  requests_wanted: 10,
  seconds_left: 60,
  reason: null,
};

let clock: ManualClock;
let operation: Operation;
beforeEach(() => {
  clock = new ManualClock();
  operation = someOperation({ id: 'op-1', dryRun: true, forced: true, by: 'local' }, clock);
});

describe('an operation', () => {
  it('waits until it enters its first phase', () => {
    expect(operation.report).toEqual({
      id: 'op-1',
      kind: 'update',
      model: 'local://next',
      status: 'waiting',
      phase: 'resolve',
      started_at: '1970-01-01T00:00:00.000Z',
      phases: [],
      progress: null,
      by: 'local',
      mode: null,
      dry_run: true,
      forced: true,
      lock_held_ms: null,
      held_requests: null,
      memory: null,
      checks: null,
      probation: null,
      shadow: null,
      warnings: [],
      error: null,
    });
    operation.enter('resolve');
    expect(operation.report.status).toBe('running');
  });

  it('takes the time of its phases, of the one that it is in too, and of one that comes again', () => {
    operation.enter('resolve');
    clock.advance(5);
    operation.enter('fetch');
    clock.advance(7);
    // Said twice, it is one phase.
    operation.enter('fetch');
    clock.advance(1.23456);
    expect(operation.report).toMatchObject({
      phase: 'fetch',
      phases: [
        { phase: 'resolve', ms: 5 },
        { phase: 'fetch', ms: 8.235 },
      ],
    });
    operation.enter('resolve');
    clock.advance(2);
    expect(operation.report.phases.map(({ ms }) => ms)).toEqual([5, 8.235, 2]);
    operation.end('succeeded');
    clock.advance(100);
    expect(operation.report.phases.at(-1)).toEqual({ phase: 'resolve', ms: 2 });
  });

  it('has the progress of its phase only', () => {
    operation.enter('fetch');
    operation.advance(3, 9, 'bytes');
    expect(operation.report.progress).toEqual({ done: 3, total: 9, unit: 'bytes' });
    operation.enter('verify');
    expect(operation.report.progress).toBeNull();
    operation.advance(1, 2, 'steps');
    operation.end('failed', 'it broke');
    expect(operation.report).toMatchObject({ status: 'failed', error: 'it broke', progress: null });
  });

  it('keeps what is found, and every warning', () => {
    operation.found({ lock_held_ms: 1 });
    operation.found({ held_requests: 2 });
    operation.warn('the disk is full');
    operation.warn('the disk is full');
    operation.warn('nothing was compared');
    expect(operation.report).toMatchObject({
      lock_held_ms: 1,
      held_requests: 2,
      warnings: ['the disk is full', 'nothing was compared'],
    });
  });

  it('tells its listeners about every change, until they have enough', () => {
    const seen: string[] = [];
    const leave = operation.onChange(() => seen.push(`${operation.report.status} ${operation.report.phase}`));
    let others = 0;
    operation.onChange(() => others++);
    operation.enter('resolve');
    operation.enter('resolve');
    operation.enter('fetch');
    operation.advance(1, 2, 'bytes');
    operation.found({ held_requests: 0 });
    operation.warn('!');
    leave();
    operation.end('succeeded');
    expect(seen).toEqual(['running resolve', ...Array.from({ length: 4 }, () => 'running fetch')]);
    expect(others).toBe(6);
  });
});

describe('an operation that is given up', () => {
  const reason = new Error('nobody wants it');

  it('says so to whoever works on it, as long as it waits or runs', () => {
    expect(operation.abort(reason)).toBe(true);
    expect(operation.signal.reason).toBe(reason);
    const running = someOperation();
    running.enter('load');
    expect(running.abort(reason)).toBe(true);
  });

  it('does not swap any more', () => {
    operation.enter('swap');
    operation.abort(reason);
    expect(() => operation.commit()).toThrow(reason);
  });

  it('is not given up once it swaps, or is over', () => {
    operation.enter('swap');
    operation.commit();
    expect(operation.abort(reason)).toBe(false);
    expect(operation.signal.aborted).toBe(false);
    const failed = someOperation();
    failed.end('failed');
    expect(failed.abort(reason)).toBe(false);
    expect(failed.signal.aborted).toBe(false);
  });

  it('is told apart from one that has had its time, which may be ended later than that', () => {
    operation.commit();
    operation.expire(reason);
    expect(operation.signal.reason).toBe(reason);
    expect(operation.isGivenUp).toBe(false);
    const given = someOperation();
    given.abort(reason);
    expect(given.isGivenUp).toBe(true);
  });
});

describe('an operation whose model is on probation', () => {
  beforeEach(() => {
    operation.enter('release');
    clock.advance(1);
    operation.enter('probation');
    operation.found({ probation: onProbation });
    clock.advance(1);
    operation.end('succeeded');
    clock.advance(1000);
  });

  it('has succeeded, and is not over', () => {
    expect(operation.isOver).toBe(false);
    expect(operation.report).toMatchObject({
      status: 'succeeded',
      phase: 'probation',
      phases: [
        { phase: 'release', ms: 1 },
        { phase: 'probation', ms: 1001 },
      ],
    });
  });

  it('is over when the probation is', () => {
    let isOverWhenTold = false;
    operation.onChange(() => {
      isOverWhenTold = operation.isOver;
    });
    operation.found({ probation: { ...onProbation, state: 'passed' } });
    clock.advance(1000);
    expect([operation.isOver, isOverWhenTold]).toEqual([true, true]);
    expect(operation.report.phases.at(-1)).toEqual({ phase: 'probation', ms: 1001 });
  });
});

it.each(['succeeded', 'failed', 'cancelled', 'superseded'] as const)('is over when it has %s', (status) => {
  expect(operation.isOver).toBe(false);
  operation.enter('resolve');
  expect(operation.isOver).toBe(false);
  operation.end(status);
  expect(operation.isOver).toBe(true);
});
