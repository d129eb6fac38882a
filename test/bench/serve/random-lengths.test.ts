import { describe, expect, it } from 'vitest';
import {
  constantLength,
  LONGEST_PASSAGE,
  logNormalLengths,
  PASSAGES,
} from '../../../bench/serve/workload/random-lengths.ts';

const draw = (most = LONGEST_PASSAGE, name = 'test', count = 20_000): number[] => {
  const lengths = logNormalLengths({ ...PASSAGES, most }, name);
  return Array.from({ length: count }, () => lengths.next());
};

describe('logNormalLengths', () => {
  it('has a mean of about 124 tokens, most of them shorter', () => {
    const lengths = draw();
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(mean).toBeGreaterThan(121);
    expect(mean).toBeLessThan(127);
    expect(lengths.filter((length) => length < mean).length).toBeGreaterThan(0.6 * lengths.length);
  });

  it('keeps whole lengths inside the bounds, and reaches them', () => {
    const lengths = draw(256);
    expect(lengths.every(Number.isInteger)).toBe(true);
    expect(Math.min(...lengths)).toBe(10);
    expect(Math.max(...lengths)).toBe(256);
  });

  it('gives the same lengths for the same name only', () => {
    expect(draw(512, 'a', 100)).toEqual(draw(512, 'a', 100));
    expect(draw(512, 'a', 100)).not.toEqual(draw(512, 'b', 100));
  });
});

it('a constant length is constant', () => {
  const lengths = constantLength(128);
  expect([lengths.next(), lengths.next()]).toEqual([128, 128]);
});
