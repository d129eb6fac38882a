import { describe, expect, it } from 'vitest';
import { median, middleOf, quantile, slopeOf, spreadOf } from '../../../scripts/measuring/statistics.ts';

const downFrom = (most: number): number[] => Array.from({ length: most }, (_, index) => most - index);

describe('quantile', () => {
  it('takes a value that occurs, and the middle of two at the median', () => {
    expect(quantile(downFrom(100), 0.99)).toBe(99);
    expect(quantile(downFrom(100), 0.95)).toBe(95);
    expect(quantile(downFrom(100), 0.5)).toBe(50.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('has nothing to say about nothing', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(middleOf([])).toEqual({ median: Number.NaN, least: Number.NaN, most: Number.NaN });
  });
});

it('middleOf gives median and range', () => {
  expect(middleOf([5, 1, 3])).toEqual({ median: 3, least: 1, most: 5 });
});

describe('spreadOf', () => {
  it('gives exact percentiles, in whatever order the values come', () => {
    expect(spreadOf(downFrom(200))).toEqual({ count: 200, median: 100.5, p99: 198, max: 200 });
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
