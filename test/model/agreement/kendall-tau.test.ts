import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kendallTauB } from '../../../src/model/agreement/kendall-tau.ts';

/** Tau-b by its definition: looks at every pair. */
function naiveTauB(a: readonly number[], b: readonly number[]): number {
  let [difference, apartInA, apartInB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = i + 1; j < a.length; j++) {
      const inA = Math.sign((a[i] as number) - (a[j] as number));
      const inB = Math.sign((b[i] as number) - (b[j] as number));
      difference += inA * inB;
      apartInA += inA === 0 ? 0 : 1;
      apartInB += inB === 0 ? 0 : 1;
    }
  }
  return difference / Math.sqrt(apartInA * apartInB);
}

/** Two lists of one length; few different values make many ties. */
const twoLists = (value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 60 }).map((pairs) => ({
    a: pairs.map(([first]) => first),
    b: pairs.map(([, second]) => second),
  }));
const tiedLists = twoLists(fc.integer({ min: -3, max: 3 }));
const anyLists = twoLists(fc.float({ noNaN: true, noDefaultInfinity: true }));
const varied = (list: readonly number[]): boolean => new Set(list).size > 1;

describe("Kendall's tau-b", () => {
  it('counts concordant and discordant pairs', () => {
    // 10 pairs; 3 before 1, 3 before 2 and 5 before 4 are the wrong way round.
    expect(kendallTauB([1, 2, 3, 4, 5], [3, 1, 2, 5, 4])).toBe((7 - 3) / 10);
  });

  it('takes tied pairs out of the scale', () => {
    // 2 concordant, 6 discordant; of 10 pairs, 2 are tied in the first list and 1 in the second.
    expect(kendallTauB([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBe((2 - 6) / Math.sqrt(8 * 9));
    // 4 concordant; 1 of 6 pairs is tied in the first list, another one in the second.
    expect(kendallTauB([1, 1, 2, 3], [1, 2, 3, 3])).toBe(4 / Math.sqrt(5 * 5));
  });

  it('is 1 or -1 for two documents', () => {
    expect(kendallTauB([1, 2], [10, 11])).toBe(1);
    expect(kendallTauB([1, 2], [11, 10])).toBe(-1);
  });

  it('is undefined where a list is constant, too short, or not a number', () => {
    expect(kendallTauB([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(kendallTauB([1, 2, 3], [4, 4, 4])).toBeNaN();
    expect(kendallTauB([5], [6])).toBeNaN();
    expect(kendallTauB([], [])).toBeNaN();
    expect(kendallTauB([1, 2, Number.NaN], [1, 2, 3])).toBeNaN();
    expect(kendallTauB([1, 2, 3], [Number.NaN, 2, 3])).toBeNaN();
  });

  it('takes infinities as the ends of the scale, equal to each other', () => {
    const { POSITIVE_INFINITY: top, NEGATIVE_INFINITY: bottom } = Number;
    expect(kendallTauB([bottom, 0, top], [1, 2, 3])).toBe(1);
    expect(kendallTauB([top, top, bottom], [3, 3, 1])).toBe(1);
  });

  it('takes both zeros for the same', () => {
    expect(kendallTauB([0, -0, 1], [2, 2, 3])).toBe(1);
  });

  it('tells float32 neighbours apart', () => {
    const next = 1 + 2 ** -23;
    expect(kendallTauB(Float32Array.of(1, next), [1, 2])).toBe(1);
  });

  it('refuses lists of different lengths', () => {
    expect(() => kendallTauB([1, 2], [1, 2, 3])).toThrow(
      new RangeError("Kendall's tau needs lists of one length, not of 2 and 3"),
    );
  });

  it('is what the definition says, with and without ties', () => {
    for (const lists of [tiedLists, anyLists]) {
      fc.assert(
        fc.property(lists, ({ a, b }) => {
          expect(kendallTauB(a, b)).toBe(naiveTauB(a, b));
        }),
      );
    }
  });

  it('is symmetric and does not depend on the order of the documents', () => {
    fc.assert(
      fc.property(tiedLists, ({ a, b }) => {
        expect(kendallTauB(b, a)).toBe(kendallTauB(a, b));
        expect(kendallTauB(a.toReversed(), b.toReversed())).toBe(kendallTauB(a, b));
      }),
    );
  });

  it('is 1 for an increasing transform and -1 for the reversal', () => {
    fc.assert(
      fc.property(tiedLists, ({ a }) => {
        fc.pre(varied(a));
        expect(kendallTauB(a, a.map(Math.exp))).toBe(1);
        expect(
          kendallTauB(
            a,
            a.map((value) => -value),
          ),
        ).toBe(-1);
      }),
    );
  });

  it('stays exact for a hundred thousand documents', () => {
    const rising = Float64Array.from({ length: 100_000 }, (_, index) => index);
    expect(kendallTauB(rising, rising)).toBe(1);
    expect(kendallTauB(rising, rising.toReversed())).toBe(-1);
    // One exchange of neighbours costs two of n (n - 1) / 2 pairs.
    const exchanged = rising.slice();
    [exchanged[0], exchanged[1]] = [1, 0];
    expect(kendallTauB(rising, exchanged)).toBe(1 - 4 / (100_000 * 99_999));
  });
});
