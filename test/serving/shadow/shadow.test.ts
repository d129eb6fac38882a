import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Generation } from '../../../src/model/generation.ts';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import { Shadow, type ShadowJudgement } from '../../../src/serving/shadow/shadow.ts';
import { ShadowCandidate } from '../../../src/serving/shadow/shadow-candidate.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { type FakeGeneration, fakeGeneration } from '../../support/fake-generation.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';
import { WatchedTraffic } from '../../support/watched-traffic.ts';

const FIFTEEN_MINUTES = 15 * 60_000;
const DOCUMENTS = ['a', 'bb', 'ccc'];

let clock: ManualClock;
let live: WatchedTraffic;
let slot: ModelSlot<Generation>;
let current: Generation & FakeGeneration;
let candidate: Generation & FakeGeneration;
let operation: Operation;
let shadowCandidate: ShadowCandidate;

beforeEach(async () => {
  clock = new ManualClock();
  live = new WatchedTraffic();
  slot = new ModelSlot<Generation>(clock);
  current = fakeGeneration('current');
  candidate = fakeGeneration('next');
  operation = someOperation({}, clock);
  shadowCandidate = new ShadowCandidate();
  await slot.swap(current);
});

function run(requests: number, { limits = {}, forced = false, threshold }: Partial<ShadowJudgement> = {}) {
  const terms = { percent: 100, requests };
  const running = new Shadow({ slot, live, shadowCandidate, clock }).run(
    candidate,
    terms,
    { limits, forced, threshold },
    operation,
  );
  running.catch(() => {});
  return running;
}

/** A live request that the model that serves has answered. */
function answerOne(): void {
  const logits = Float32Array.from(DOCUMENTS, current.logit);
  const request = { query: 'q', documents: DOCUMENTS, generation: current, logits };
  live.answered(request, { computedTokens: 1, computeMs: 1 });
}

/** Time goes on in the steps in which the shadow looks around. */
async function passes(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 25) {
    clock.advance(25);
    await new Promise(setImmediate);
  }
}

describe('a shadow', () => {
  it('scores live requests on the candidate, one document at a time, and compares', async () => {
    const running = run(2);
    expect(operation.report.phase).toBe('shadow');
    answerOne();
    await passes(25);
    expect(operation.report).toMatchObject({
      shadow: { requests: 1, requests_wanted: 2 },
      progress: { done: 1, total: 2, unit: 'requests' },
    });
    answerOne();
    await passes(25);
    await running;
    expect(operation.report.shadow).toMatchObject({ requests: 2, skipped: 0, comparison: { kendallTau: 1 } });
    expect(candidate.asked.map(({ documents }) => documents)).toEqual(
      [...DOCUMENTS, ...DOCUMENTS].map((document) => [document]),
    );
    expect(current.asked).toEqual([]);
    expect(operation.report.warnings).toEqual([]);
    expect(clock.pending, 'timers').toBe(0);
    expect(live.observers).toBe(0);
  });

  it('stands back while live requests wait for an engine', async () => {
    const running = run(1);
    current.queuedPairs = 5;
    answerOne();
    await passes(1000);
    expect(candidate.asked).toEqual([]);
    current.queuedPairs = 0;
    await passes(25);
    await running;
    expect(candidate.asked).toHaveLength(DOCUMENTS.length);
  });

  it('is over when nobody asks its candidate any more', async () => {
    let isOver = false;
    const running = run(1).then(() => void (isOver = true));
    const lease = shadowCandidate.lease();
    expect(lease?.model).toBe(candidate);
    answerOne();
    await passes(25);
    expect(shadowCandidate.lease()).toBeUndefined();
    expect(isOver).toBe(false);
    lease?.release();
    await running;
  });

  it('rejects a candidate beyond the limits, with what was found', async () => {
    candidate = fakeGeneration('next', { logit: (document) => -document.length });
    const running = run(1, { limits: { minKendallTau: 0.5 } });
    answerOne();
    await passes(25);
    await expect(running).rejects.toMatchObject({
      type: 'rejected_by_gate',
      message: 'on live requests Kendall tau is -1.000, below 0.5',
      report: { requests: 1, comparison: { kendallTau: -1 } },
    });
  });

  it('lets it through without limits, or by force, and says so then', async () => {
    candidate = fakeGeneration('next', { logit: (document) => -document.length });
    const free = run(1);
    answerOne();
    await passes(25);
    await free;
    expect(operation.report.warnings).toEqual([]);
    const forced = run(1, { limits: { minKendallTau: 0.5 }, forced: true });
    answerOne();
    await passes(25);
    await forced;
    expect(operation.report.shadow?.comparison?.kendallTau).toBe(-1);
    expect(operation.report.warnings).toEqual([
      'let through by force: on live requests Kendall tau is -1.000, below 0.5',
    ]);
  });

  it('does not let scores through that are no numbers, not even by force', async () => {
    candidate = fakeGeneration('next', { logit: () => Number.NaN });
    const running = run(1, { forced: true });
    answerOne();
    await passes(25);
    await expect(running).rejects.toMatchObject({
      type: 'rejected_by_gate',
      message: "on live requests 3 of the candidate's scores are no finite numbers",
    });
  });

  it('blames the candidate for what it fails on', async () => {
    candidate = fakeGeneration('next', {
      logit: () => {
        throw new ServiceError('internal', 'the engine ended twice over it');
      },
    });
    const running = run(1);
    answerOne();
    await passes(25);
    await expect(running).rejects.toMatchObject({
      type: 'invalid_model',
      message: expect.stringContaining('the engine ended twice over it'),
    });
  });

  it('counts a document as relevant from the threshold that was asked for', async () => {
    const limits = { maxThresholdCrossing: 0 };
    candidate = fakeGeneration('next', { logit: (document) => document.length - 2 });
    // Logits of 1, 2 and 3 against -1, 0 and 1: all were relevant.
    const strict = run(1, { limits });
    answerOne();
    await passes(25);
    await expect(strict).rejects.toMatchObject({ message: expect.stringContaining('threshold of 0.5') });
    const lenient = run(1, { limits, threshold: 0.01 });
    answerOne();
    await passes(25);
    await lenient;
  });

  it('makes do with what came when it takes too long', async () => {
    const running = run(100, { limits: { minKendallTau: 0.5 } });
    answerOne();
    await passes(25);
    clock.advance(FIFTEEN_MINUTES);
    await running;
    expect(operation.report.shadow).toMatchObject({ requests: 1, requests_wanted: 100 });
    expect(operation.report.warnings).toEqual([
      'only 1 of 100 live requests were compared within 15 minutes',
    ]);
  });

  it('warns when nothing came at all', async () => {
    const running = run(10, { limits: { minKendallTau: 0.5 } });
    expect(operation.report, 'before anything comes').toMatchObject({
      shadow: { requests: 0, requests_wanted: 10, until: '1970-01-01T00:15:00.000Z', comparison: null },
      progress: { done: 0, total: 10, unit: 'requests' },
    });
    await passes(100);
    clock.advance(FIFTEEN_MINUTES);
    await running;
    expect(operation.report.warnings).toEqual([
      'no live request came within 15 minutes that the candidate could score: nothing was compared',
    ]);
  });

  it.each([
    ['nothing comes', 0],
    ['live requests are in the way', 5],
  ])('stops at once when it is given up, while %s', async (_what, queuedPairs) => {
    const running = run(10);
    current.queuedPairs = queuedPairs;
    if (queuedPairs > 0) answerOne();
    await passes(50);
    operation.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    expect(clock.pending, 'timers').toBe(0);
    expect(live.observers).toBe(0);
  });

  it('ends in time although the processors are never free', async () => {
    const running = run(10);
    current.queuedPairs = 5;
    answerOne();
    await passes(50);
    clock.advance(FIFTEEN_MINUTES);
    await running;
    expect(candidate.asked).toEqual([]);
  });
});
