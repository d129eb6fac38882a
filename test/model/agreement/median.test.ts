import { describe, expect, it } from 'vitest';
import { median } from '../../../src/model/agreement/median.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('the median', () => {
  it('is the value in the middle, in numeric order', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([7])).toBe(7);
  });

  it('is the mean of the two in the middle', () => {
    expect(median([4, 1, 10, 2])).toBe(3);
  });

  it('takes infinities as values', () => {
    expect(median([infinity, 1, infinity, infinity])).toBe(infinity);
    expect(median([1, 2, 3, infinity])).toBe(2.5);
  });

  it('is NaN of nothing', () => {
    expect(median([])).toBe(nan);
  });
});
