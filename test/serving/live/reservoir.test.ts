import { describe, expect, it } from 'vitest';
import { Reservoir } from '../../../src/serving/live/reservoir.ts';

function filled(capacity: number, ...values: readonly number[]): Reservoir {
  const reservoir = new Reservoir(capacity);
  for (const value of values) reservoir.add(value);
  return reservoir;
}

describe('a reservoir', () => {
  it('has no quantiles while it is empty', () => {
    expect(new Reservoir(4).size).toBe(0);
    expect(new Reservoir(4).quantile(0.5)).toBeNaN();
  });

  it('gives the nearest rank of what it has, in whatever order it came', () => {
    const reservoir = filled(100, 50, 10, 30, 20, 40);
    expect(reservoir.size).toBe(5);
    const shares = [0, 0.2, 0.21, 0.5, 0.6, 0.99, 1];
    expect(shares.map((share) => reservoir.quantile(share))).toEqual([10, 10, 20, 30, 30, 50, 50]);
  });

  it('sorts by size, not by spelling', () => {
    expect(filled(4, 9, 10, -2).quantile(1)).toBe(10);
  });

  it('keeps the latest values', () => {
    const reservoir = filled(3, 100, 200, 3, 2, 1);
    expect(reservoir.size).toBe(3);
    expect([reservoir.quantile(0), reservoir.quantile(1)]).toEqual([1, 3]);
  });
});
