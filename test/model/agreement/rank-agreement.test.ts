import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankAgreement } from '../../../src/model/agreement/rank-agreement.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const logits = (...values: number[]): Float32Array => Float32Array.from(values);

const anyQueries = fc.array(
  fc
    .array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 20 })
    .map((list) => Float32Array.from(list)),
  { minLength: 1, maxLength: 10 },
);

describe('the rank agreement', () => {
  it('is what one works out by hand', () => {
    const reference = [logits(3, 1, -1, -2), logits(0, 4), logits(-4, -2, 2)];
    const candidate = [logits(3, -1, 1, -2), logits(1, 4), logits(-4, -2, 3.5)];
    // The spread of the reference is from -4 to 4.
    expect(rankAgreement(reference, candidate)).toEqual({
      queries: 3,
      documents: 9,
      kendallTau: (4 / 6 + 1 + 1) / 3,
      worstQuery: { index: 0, kendallTau: 4 / 6 },
      top1Overlap: 1,
      topK: 10,
      topKOverlap: (1 / 2 + 1 + 1) / 3,
      maxDrift: 2,
      meanDrift: (2 + 2 + 1 + 1.5) / 9,
      maxRelativeDrift: 2 / 8,
      meanRelativeDrift: (2 + 2 + 1 + 1.5) / 9 / 8,
      maxScoreDrift: expect.closeTo(Math.tanh(0.5), 12),
      meanScoreDrift: expect.closeTo(
        (2 * Math.tanh(0.5) +
          1 / (1 + Math.exp(-1)) -
          0.5 +
          1 / (1 + Math.exp(-3.5)) -
          1 / (1 + Math.exp(-2))) /
          9,
        12,
      ),
      threshold: 0.5,
      thresholdCrossing: 2 / 9,
      nonFinite: { reference: 0, candidate: 0 },
    });
  });

  it('counts every query the same, however many documents it has', () => {
    const long = Float32Array.from({ length: 100 }, (_, index) => index);
    const agreement = rankAgreement([long, logits(1, 2)], [long, logits(2, 1)]);
    expect(agreement).toMatchObject({ kendallTau: 0, top1Overlap: 1 / 2, topKOverlap: 1 / 2 });
    expect(agreement.worstQuery).toEqual({ index: 1, kendallTau: -1 });
  });

  it('names the first of several worst queries', () => {
    const worst = rankAgreement(
      [logits(1, 2), logits(1, 2), logits(1, 2)],
      [logits(1, 2), logits(2, 1), logits(2, 1)],
    );
    expect(worst.worstQuery.index).toBe(1);
  });

  it('heeds topK and the threshold', () => {
    const [reference, candidate] = [[logits(4, 3, 2, 1)], [logits(4, 2, 3, 1)]];
    expect(rankAgreement(reference, candidate, { topK: 1 })).toMatchObject({ topK: 1, topKOverlap: 1 });
    // sigmoid(2) is 0.88 and sigmoid(3) 0.95: the second and the third document change sides at 0.9.
    expect(rankAgreement(reference, candidate).thresholdCrossing).toBe(0);
    expect(rankAgreement(reference, candidate, { threshold: 0.9 })).toMatchObject({
      threshold: 0.9,
      thresholdCrossing: 2 / 4,
    });
  });

  it('takes a score at the threshold for relevant', () => {
    expect(rankAgreement([logits(0, 1)], [logits(1, 1)]).thresholdCrossing).toBe(0);
    expect(rankAgreement([logits(0, 1)], [logits(-1, 1)]).thresholdCrossing).toBe(1 / 2);
  });

  it('counts scores that are not finite, and leaves them out of the drift', () => {
    const agreement = rankAgreement([logits(1, 2, nan, 4, -infinity)], [logits(1, nan, nan, 4.5, infinity)]);
    expect(agreement.nonFinite).toEqual({ reference: 2, candidate: 3 });
    expect(agreement).toMatchObject({ maxDrift: 0.5, meanDrift: 0.25, maxRelativeDrift: 0.5 / 3 });
    // The second is relevant by the reference only, the last by the candidate only.
    expect(agreement.thresholdCrossing).toBe(2 / 5);
  });

  it('knows no drift where no document has two finite scores', () => {
    const agreement = rankAgreement([logits(1, 2)], [logits(nan, nan)]);
    expect(agreement).toMatchObject({
      maxDrift: nan,
      meanDrift: nan,
      maxRelativeDrift: nan,
      maxScoreDrift: nan,
    });
    expect(agreement).toMatchObject({ kendallTau: 0, top1Overlap: 0, thresholdCrossing: 1 });
    expect(JSON.parse(JSON.stringify(agreement))).toMatchObject({ maxDrift: null, kendallTau: 0 });
  });

  it('knows no relative drift from a reference without spread, unless there is none', () => {
    expect(rankAgreement([logits(1, 1)], [logits(1, 1)])).toMatchObject({
      maxRelativeDrift: 0,
      meanRelativeDrift: 0,
    });
    expect(rankAgreement([logits(1, 1)], [logits(1, 2)])).toMatchObject({
      maxDrift: 1,
      maxRelativeDrift: infinity,
    });
  });

  it('is perfect for a model and itself', () => {
    fc.assert(
      fc.property(anyQueries, (queries) => {
        expect(rankAgreement(queries, queries)).toMatchObject({
          kendallTau: 1,
          top1Overlap: 1,
          topKOverlap: 1,
          maxDrift: 0,
          meanDrift: 0,
          maxRelativeDrift: 0,
          maxScoreDrift: 0,
          thresholdCrossing: 0,
        });
      }),
    );
  });

  it('finds the same order after any increasing transform', () => {
    fc.assert(
      fc.property(anyQueries, (queries) => {
        const transformed = queries.map((list) => list.map((logit) => Math.exp(logit) - 100));
        expect(rankAgreement(queries, transformed)).toMatchObject({
          kendallTau: 1,
          top1Overlap: 1,
          topKOverlap: 1,
        });
      }),
    );
  });

  it('is symmetric, except for what is relative to the reference', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(fc.float(), fc.float()), { minLength: 1 }), { minLength: 1 }),
        (pairs) => {
          const a = pairs.map((query) => Float32Array.from(query, ([first]) => first));
          const b = pairs.map((query) => Float32Array.from(query, ([, second]) => second));
          const {
            maxRelativeDrift: _max,
            meanRelativeDrift: _mean,
            nonFinite,
            ...forward
          } = rankAgreement(a, b);
          expect(rankAgreement(b, a)).toMatchObject({
            ...forward,
            nonFinite: { reference: nonFinite.candidate, candidate: nonFinite.reference },
          });
        },
      ),
    );
  });

  it('refuses to compare what has different shapes, or nothing', () => {
    expect(() => rankAgreement([], [])).toThrow(new RangeError('there are no queries to compare models on'));
    expect(() => rankAgreement([logits(1, 2)], [])).toThrow(
      new RangeError('the numbers of queries differ: 1 of the reference, 0 of the candidate'),
    );
    expect(() => rankAgreement([logits(1, 2), logits(1, 2)], [logits(1, 2), logits(1)])).toThrow(
      new RangeError('the numbers of scores differ for query 1: 2 of the reference, 1 of the candidate'),
    );
    expect(() => rankAgreement([logits()], [logits()])).toThrow(new RangeError('query 0 has no documents'));
  });

  it('refuses options that make no sense', () => {
    const same = [logits(1, 2)];
    for (const topK of [0, -1, 1.5, nan]) {
      expect(() => rankAgreement(same, same, { topK })).toThrow(
        new RangeError(`topK must be a whole number from 1 on, not ${topK}`),
      );
    }
    for (const threshold of [-0.1, 1.1, nan]) {
      expect(() => rankAgreement(same, same, { threshold })).toThrow(
        new RangeError(`threshold must be a score from 0 to 1, not ${threshold}`),
      );
    }
  });
});
