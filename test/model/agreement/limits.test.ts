import { describe, expect, it } from 'vitest';
import { breaches, int8Limits } from '../../../src/model/agreement/limits.ts';
import { shippedProbeSet } from '../../../src/model/agreement/probe-set.ts';

const good = {
  kendallTau: 0.99,
  top1Overlap: 1,
  threshold: 0.5,
  thresholdCrossing: 0.01,
  latencyRatio: 0.4,
  maxRelativeDrift: 0.02,
  nonFinite: { reference: 0, candidate: 0 },
};

const limits = {
  minKendallTau: 0.97,
  minTop1Overlap: 0.98,
  maxThresholdCrossing: 0.07,
  maxLatencyRatio: 1.2,
  maxRelativeDrift: 0.05,
};

describe('the limits of agreement', () => {
  it('are kept by what lies within them, or on them', () => {
    expect(breaches(good, limits)).toEqual([]);
    const onThem = {
      ...good,
      kendallTau: 0.97,
      top1Overlap: 0.98,
      thresholdCrossing: 0.07,
      latencyRatio: 1.2,
      maxRelativeDrift: 0.05,
    };
    expect(breaches(onThem, limits)).toEqual([]);
  });

  it('are broken with a sentence each', () => {
    const bad = {
      kendallTau: 0.9412,
      top1Overlap: 0.9583,
      threshold: 0.3,
      thresholdCrossing: 0.1,
      latencyRatio: 1.5,
      maxRelativeDrift: 0.5,
      nonFinite: { reference: 9, candidate: 2 },
    };
    expect(breaches(bad, limits)).toEqual([
      "2 of the candidate's scores are no finite numbers",
      'Kendall tau is 0.941, below 0.97',
      'top-1 agreement is 95.8%, below 98%',
      'the share of documents that cross the threshold of 0.3 is 10.0%, above 7%',
      'the latency ratio is 1.500, above 1.2',
      "the largest logit drift as a share of the reference's spread is 50.0%, above 5%",
    ]);
  });

  it('that are not set are not broken', () => {
    const { minKendallTau, minTop1Overlap } = limits;
    const slow = { ...good, thresholdCrossing: 1, latencyRatio: 9, maxRelativeDrift: 9 };
    expect(breaches(slow, { minKendallTau, minTop1Overlap })).toEqual([]);
  });

  it('are explained with as many places as it takes', () => {
    expect(breaches({ ...good, kendallTau: 0.96999 }, limits)).toEqual([
      'Kendall tau is 0.96999, below 0.97',
    ]);
    expect(breaches({ ...good, kendallTau: 0.97 - 2 ** -53 }, limits)).toHaveLength(1);
    expect(breaches({ ...good, top1Overlap: 0.97998 }, limits)).toEqual([
      'top-1 agreement is 97.998%, below 98%',
    ]);
  });

  it('are broken by what could not be measured', () => {
    expect(breaches({ ...good, maxRelativeDrift: Number.NaN }, limits)).toEqual([
      "the largest logit drift as a share of the reference's spread can't be measured; the limit is 5%",
    ]);
    expect(breaches({ ...good, kendallTau: Number.NaN }, limits)).toEqual([
      "Kendall tau can't be measured; the limit is 0.97",
    ]);
    expect(breaches({ ...good, latencyRatio: Number.POSITIVE_INFINITY }, limits)).toEqual([
      'the latency ratio is infinite, above 1.2',
    ]);
  });

  it('are only those that are set', () => {
    const bad = { ...good, kendallTau: -1, top1Overlap: 0, latencyRatio: 9 };
    expect(breaches(bad, {})).toEqual([]);
    expect(breaches(bad, { minTop1Overlap: 0.5 })).toEqual(['top-1 agreement is 0.0%, below 50%']);
  });

  it('do not blame the candidate for a broken reference', () => {
    expect(breaches({ ...good, nonFinite: { reference: 3, candidate: 0 } }, limits)).toEqual([]);
    expect(breaches({ ...good, nonFinite: { reference: 0, candidate: 1 } }, limits)).toEqual([
      "1 of the candidate's scores is no finite number",
    ]);
  });

  it('of int8 allow for one other best document in the shipped set, not for two', () => {
    const { length } = shippedProbeSet();
    const missing = (count: number) => ({ ...good, top1Overlap: (length - count) / length });
    expect(breaches(missing(1), int8Limits)).toEqual([]);
    expect(breaches(missing(2), int8Limits)).toHaveLength(1);
  });
});
