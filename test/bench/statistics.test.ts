import { describe, expect, it } from 'vitest';
import { slopeOf, spreadOf } from '../../bench/swap/statistics.ts';

describe('spreadOf', () => {
  it('gives exact percentiles, in whatever order the values come', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(spreadOf(values)).toEqual({ count: 200, median: 100, p99: 198, max: 200 });
  });

  it('takes the only value for every percentile, and NaN for none', () => {
    expect(spreadOf([7])).toEqual({ count: 1, median: 7, p99: 7, max: 7 });
    expect(spreadOf([])).toEqual({ count: 0, median: Number.NaN, p99: Number.NaN, max: Number.NaN });
  });
});

describe('slopeOf', () => {
  it('finds the rise under noise that cancels out', () => {
    expect(slopeOf([1, 3, 5, 7])).toBe(2);
    expect(slopeOf([5, 5, 5])).toBe(0);
  });

  it('is 0 where there is no line', () => {
    expect(slopeOf([3])).toBe(0);
    expect(slopeOf([])).toBe(0);
  });
});
