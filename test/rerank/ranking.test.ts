import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../../src/model/sigmoid.ts';
import { rank } from '../../src/rerank/ranking.ts';

const logits = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 100 })
  .map((list) => Float32Array.from(list));

describe('ranking', () => {
  it('orders by logit, ties in the order of the request, and loses nothing', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const ranked = rank(values, Array.from(values, sigmoid), undefined);
        expect(ranked.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([...values.keys()]);
        for (const [place, { index }] of ranked.entries()) {
          const next = ranked[place + 1]?.index;
          if (next === undefined) continue;
          const [here, there] = [values[index] as number, values[next] as number];
          expect(here > there || (here === there && index < next)).toBe(true);
        }
      }),
    );
  });

  it('gives every document its own score', () => {
    fc.assert(
      fc.property(logits, (values) => {
        for (const { index, score } of rank(values, Array.from(values, sigmoid), undefined)) {
          expect(score).toBe(sigmoid(values[index] as number));
        }
      }),
    );
  });

  it('tells documents apart whose scores have both saturated at 1', () => {
    const saturated = Float32Array.of(50, 60);
    const scores = Array.from(saturated, sigmoid);
    expect(scores).toEqual([1, 1]);
    expect(rank(saturated, scores, undefined).map(({ index }) => index)).toEqual([1, 0]);
  });

  it('keeps the best top_n, and all when there are fewer', () => {
    const values = Float32Array.of(1, 3, 2);
    expect(rank(values, [1, 3, 2], 2).map(({ index }) => index)).toEqual([1, 2]);
    expect(rank(values, [1, 3, 2], 9)).toHaveLength(3);
  });
});
