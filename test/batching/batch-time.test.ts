import { describe, expect, it } from 'vitest';
import { BatchTime } from '../../src/batching/batch-time.ts';

describe('the time of a batch', () => {
  it('bounds nothing before something was measured', () => {
    expect(new BatchTime(50).tokens).toBe(Number.POSITIVE_INFINITY);
  });

  it('lets a batch have what the device is thought to compute in that time', () => {
    const time = new BatchTime(50);
    time.expect(100);
    expect(time.tokens).toBe(5000);
  });

  it('believes measurements more than an expectation, which comes too late after them', () => {
    const time = new BatchTime(50);
    time.expect(1);
    for (let batch = 0; batch < 20; batch++) time.record(16_000, 25);
    expect(time.tokens).toBeGreaterThan(20_000);
    time.expect(1);
    expect(time.tokens).toBeGreaterThan(20_000);
  });

  it('learns nothing about large batches from small ones', () => {
    const time = new BatchTime(50);
    time.record(16_000, 25);
    for (let batch = 0; batch < 1000; batch++) time.record(20, 4);
    expect(time.tokens).toBe(32_000);
  });

  it('makes batches smaller when they take too long, and larger again, but never tiny', () => {
    const time = new BatchTime(50);
    time.record(16_000, 25);
    for (let batch = 0; batch < 20; batch++) time.record(Math.min(16_000, time.tokens), 400);
    expect(time.tokens).toBe(256);
    for (let batch = 0; batch < 100; batch++) {
      const tokens = Math.min(16_000, time.tokens);
      time.record(tokens, 4 + tokens / 640);
    }
    expect(time.tokens).toBeGreaterThan(16_000);
  });
});
