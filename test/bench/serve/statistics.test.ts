import { describe, expect, it } from 'vitest';
import { middleOf, quantile } from '../../../bench/serve/statistics.ts';

describe('quantile', () => {
  it('takes a value that occurs, and the middle of two at the median', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantile(values, 0.99)).toBe(99);
    expect(quantile(values, 0.95)).toBe(95);
    expect(quantile(values, 0.5)).toBe(50.5);
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
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
