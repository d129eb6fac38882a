import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Generation } from '../../../src/model/generation.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import { Probation } from '../../../src/serving/probation/probation.ts';
import { Standby } from '../../../src/serving/probation/standby.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';
import { someMetrics, valueOf } from '../../support/some-metrics.ts';
import { WatchedTraffic } from '../../support/watched-traffic.ts';

const TERMS = { requests: 1000, seconds: 60 };
const internal = new ServiceError('internal', 'no usable score');

let clock: ManualClock;
let live: WatchedTraffic;
let standby: Standby;
let metrics: Metrics;
let probation: Probation;
let operation: Operation;
let breaches: (readonly [Generation, string])[];
/** What comes of taking it back. */
let takingBack: PromiseWithResolvers<void>;
const [next, before] = [fakeGeneration('next'), fakeGeneration('before')];

beforeEach(() => {
  clock = new ManualClock();
  clock.advance(60_000);
  live = new WatchedTraffic();
  standby = new Standby(() => Promise.resolve());
  metrics = someMetrics();
  breaches = [];
  takingBack = Promise.withResolvers<void>();
  before.isClosed = false;
  next.restarts = 0;
  next.ownOutage = undefined;
  operation = someOperation({}, clock);
  probation = new Probation({
    live,
    standby,
    configured: TERMS,
    clock,
    logger: new LogBook().logger,
    metrics,
    onBreach: (...breach) => {
      breaches.push(breach);
      return takingBack.promise;
    },
  });
});

function begin(terms = TERMS): void {
  standby.keep(before, undefined);
  probation.begin(next, before, terms, operation);
  operation.end('succeeded');
}

/** Live requests that get their scores. */
function answer(times: number, generation: Generation = next, ms = 1): void {
  const request = { query: 'q', documents: ['a', 'b'], generation, logits: Float32Array.of(1, 2) };
  for (let time = 0; time < times; time++) live.answered(request, { computedTokens: 1, computeMs: ms });
}

const fail = (generation: Generation = next): void => live.failed(generation, internal);
const outcomes = (outcome: string) => valueOf(metrics, 'rerankd_probations_total', { outcome });
const settled = () => new Promise(setImmediate);

describe('the terms of a probation', () => {
  it('are those of the settings, overridden one by one', () => {
    expect(probation.terms(undefined)).toEqual(TERMS);
    expect(probation.terms({ requests: 5 })).toEqual({ requests: 5, seconds: 60 });
    expect(probation.terms({ seconds: 5 })).toEqual({ requests: 1000, seconds: 5 });
  });

  it('may be that there is none', () => {
    expect(probation.terms({ requests: 0 })).toBeUndefined();
    expect(probation.terms({ seconds: 0 })).toBeUndefined();
  });
});

describe('a probation', () => {
  it('is told about in the report of its operation, which is not over before', () => {
    expect(probation.report).toBeUndefined();
    begin();
    expect(operation.report).toMatchObject({ status: 'succeeded' });
    expect(operation.isOver).toBe(false);
    answer(16);
    clock.advance(12_300);
    const report = { state: 'running', requests: 16, requests_wanted: 1000, reason: null };
    expect(operation.report.probation).toEqual({ ...report, seconds_left: 60 });
    expect(probation.report).toEqual({ ...report, seconds_left: 48 });
  });

  it.each<[string, () => void]>([
    ['requests', () => answer(TERMS.requests)],
    ['time', () => clock.advance(TERMS.seconds * 1000)],
  ])('is passed by %s, and the model before is let go', async (_by, pass) => {
    begin();
    answer(TERMS.requests - 1);
    clock.advance(TERMS.seconds * 1000 - 1);
    expect(probation.report?.state).toBe('running');
    pass();
    expect(operation.report.probation).toMatchObject({ state: 'passed', reason: null });
    expect(probation.report).toEqual(operation.report.probation);
    expect(operation.isOver).toBe(true);
    await settled();
    expect(before.isClosed).toBe(true);
    expect(await outcomes('passed')).toBe(1);
    expect([clock.pending, live.listeners], 'timers and listeners').toEqual([0, 0]);
    expect(breaches).toEqual([]);
    // What comes later is no longer looked at.
    for (let time = 0; time < 5; time++) fail();
    expect(breaches).toEqual([]);
    expect(await outcomes('passed')).toBe(1);
  });

  it('counts requests that failed, and passes with a few of them', () => {
    begin({ requests: 300, seconds: 60 });
    fail();
    fail();
    answer(298);
    expect(probation.report).toMatchObject({ state: 'passed', requests: 300 });
  });

  it('does not count what other models do', () => {
    begin({ requests: 3, seconds: 60 });
    answer(50, before);
    for (let time = 0; time < 5; time++) fail(before);
    expect(probation.report).toMatchObject({ state: 'running', requests: 0 });
    expect(breaches).toEqual([]);
  });

  it('ends when the model that failed is taken back, at once and only once', async () => {
    begin();
    answer(7);
    fail();
    fail();
    expect(breaches).toEqual([]);
    fail();
    const reason = '3 of 10 requests failed';
    expect(breaches).toEqual([[next, reason]]);
    expect(probation.report).toMatchObject({ state: 'running', requests: 10, reason });
    // What the way back ends is not its probation.
    probation.end('the model before it came back');
    expect(operation.isOver).toBe(false);
    takingBack.resolve();
    await settled();
    expect(operation.report.probation).toMatchObject({ state: 'rolled_back', requests: 10, reason });
    expect(operation.isOver).toBe(true);
    expect(probation.report).toEqual(operation.report.probation);
    expect(await outcomes('rolled_back')).toBe(1);
    fail();
    clock.advance(TERMS.seconds * 1000);
    await settled();
    expect(breaches).toHaveLength(1);
    // It is needed now.
    expect(before.isClosed).toBe(false);
    expect([clock.pending, live.listeners], 'timers and listeners').toEqual([0, 0]);
  });

  it('does not say that a model was taken back which has to serve on', async () => {
    begin();
    for (let time = 0; time < 3; time++) fail();
    takingBack.reject(new Error('nothing else loads'));
    await settled();
    const reason = '3 of 3 requests failed; it could not be taken back: nothing else loads';
    expect(probation.report).toMatchObject({ state: 'ended', reason });
    expect(operation.report.probation).toEqual(probation.report);
    expect([await outcomes('rolled_back'), await outcomes('ended')]).toEqual([0, 1]);
  });

  it('is no breach because of one failure or one engine', () => {
    begin();
    fail();
    next.restarts = 1;
    answer(20);
    expect(breaches).toEqual([]);
    expect(probation.report?.state).toBe('running');
  });

  it('ends with the model taken back when its engines keep ending', () => {
    begin();
    next.restarts = 3;
    answer(1);
    expect(breaches).toEqual([[next, '3 of its processes ended unasked']]);
  });

  it('ends with the model taken back when its processes do not come up, be it at the last moment', async () => {
    begin();
    answer(1);
    next.ownOutage = 'the tokenizer does not come up again: gone';
    clock.advance(TERMS.seconds * 1000);
    expect(breaches).toEqual([[next, 'the tokenizer does not come up again: gone']]);
    expect(await outcomes('passed')).toBe(0);
  });

  it('counts that its processes do not come up as a failure, and that a card is gone as none', () => {
    begin();
    const unavailable = new ServiceError('unavailable', 'nothing comes up');
    live.failed(next, unavailable);
    expect(probation.report).toMatchObject({ requests: 0, state: 'running' });
    next.ownOutage = 'the tokenizer does not come up again: gone';
    live.failed(next, unavailable);
    expect(breaches).toHaveLength(1);
  });

  it('ends with the model taken back when it got slow, measured against the one before', () => {
    answer(100, before, 1);
    begin();
    answer(160, next, 10);
    expect(breaches).toEqual([[next, expect.stringMatching(/10\.0 times what it was before, above 3\.0/)]]);
  });

  it('lets a model be as slow as the checks have found it to be', () => {
    answer(100, before, 1);
    const comparison = { latencyRatio: 4 } as never;
    const checks = { passed: true, forced: false, checks: [], compared_with: null, comparison, limits: null };
    operation.found({ checks });
    begin();
    answer(160, next, 10);
    expect(breaches).toEqual([]);
  });

  it('ends when something else comes in between', async () => {
    begin();
    probation.end('another update came');
    expect(operation.report.probation).toMatchObject({ state: 'ended', reason: 'another update came' });
    expect(operation.isOver).toBe(true);
    expect(await outcomes('ended')).toBe(1);
    probation.end('and another');
    expect(await outcomes('ended')).toBe(1);
    expect([clock.pending, live.listeners], 'timers and listeners').toEqual([0, 0]);
    await settled();
    // Whoever ends it needs the model before, or not.
    expect(before.isClosed).toBe(false);
  });
});
