import { describe, expect, it } from 'vitest';
import type { LiveRequest } from '../../../src/serving/live/live-traffic.ts';
import { ShadowSample } from '../../../src/serving/shadow/shadow-sample.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';

const generation = fakeGeneration('current');
let requests = 0;

function someRequest(documents: readonly string[] = ['a', 'b']): LiveRequest {
  const logits = Float32Array.from(documents.keys());
  return { query: `query ${++requests}`, documents, generation, logits };
}

/** @returns which of so many requests are taken, each looked at before the next one comes. */
function takenOf(sample: ShadowSample, count: number): number[] {
  const taken: number[] = [];
  for (let index = 1; index <= count; index++) {
    const request = someRequest();
    sample.offer(request);
    const next = sample.next();
    if (next === undefined) continue;
    expect(next).toBe(request);
    taken.push(index);
  }
  return taken;
}

describe('a sample of live requests', () => {
  it('takes the share that was asked for, evenly', () => {
    expect(takenOf(new ShadowSample({ percent: 100, requests: 10 }), 4)).toEqual([1, 2, 3, 4]);
    expect(takenOf(new ShadowSample({ percent: 25, requests: 10 }), 12)).toEqual([4, 8, 12]);
    expect(takenOf(new ShadowSample({ percent: 75, requests: 10 }), 8)).toEqual([2, 3, 4, 6, 7, 8]);
  });

  it('leaves out what has no order, or is too large', () => {
    const sample = new ShadowSample({ percent: 100, requests: 10 });
    sample.offer(someRequest(['alone']));
    sample.offer(someRequest([]));
    sample.offer(someRequest(Array.from({ length: 101 }, () => 'x')));
    sample.offer(someRequest(['x'.repeat(200_000), 'y']));
    expect(sample.next()).toBeUndefined();
    expect(sample.report.skipped).toBe(0);
    sample.offer(someRequest(Array.from({ length: 100 }, () => 'x')));
    expect(sample.next()).toBeDefined();
  });

  it('has only a few wait, and counts those that are dropped for that', () => {
    const sample = new ShadowSample({ percent: 100, requests: 100 });
    const offered = Array.from({ length: 11 }, () => someRequest());
    for (const request of offered) sample.offer(request);
    expect(sample.report.skipped).toBe(3);
    const waiting = Array.from({ length: 9 }, () => sample.next());
    expect(waiting).toEqual([...offered.slice(0, 8), undefined]);
  });

  it('is complete when enough were scored, and compares what both models made of them', () => {
    const sample = new ShadowSample({ percent: 100, requests: 2 });
    expect(sample.report).toEqual({ requests: 0, requests_wanted: 2, skipped: 0, comparison: null });
    sample.add(Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 3));
    expect(sample.isComplete).toBe(false);
    expect(sample.report.comparison).toMatchObject({ queries: 1, documents: 3, kendallTau: 1 });
    sample.add(Float32Array.of(1, 2), Float32Array.of(2, 1));
    expect(sample.isComplete).toBe(true);
    expect(sample.report).toMatchObject({
      requests: 2,
      comparison: { queries: 2, documents: 5, kendallTau: 0, top1Overlap: 0.5 },
    });
  });

  it('compares in steps, and over all of them at last', () => {
    const sample = new ShadowSample({ percent: 100, requests: 100 });
    const compared = Array.from({ length: 100 }, () => {
      sample.add(Float32Array.of(1, 2), Float32Array.of(1, 2));
      return sample.report.comparison?.queries;
    });
    const steps = Array.from({ length: 20 }, (_, step) => 1 + 5 * step);
    expect([...new Set(compared)]).toEqual([...steps, 100]);
  });
});
