import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf, planParts } from '../../../src/store/download/parts.ts';

const MIB = 2 ** 20;

test('parts follow each other without gaps, and have from 4 to 64 MiB', () => {
  const sizes = fc.oneof(fc.integer({ min: 0, max: 64 * MIB }), fc.integer({ min: 0, max: 2 ** 40 }));
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 32 }), (size, workers) => {
      const plan = planParts(size, workers);
      const bounds = Array.from({ length: plan.count }, (_, index) => boundsOf(plan, index));
      let position = 0;
      for (const { start, end } of bounds) {
        if (start !== position || end < start) throw new Error(`from ${start} to ${end} after ${position}`);
        position = end;
      }
      expect(position).toBe(size);
      expect(plan.partBytes).toBeLessThanOrEqual(64 * MIB);
      if (plan.count > 1) expect(plan.partBytes).toBeGreaterThanOrEqual(4 * MIB);
    }),
  );
});

test('small blobs are one part, large ones have several for each worker', () => {
  expect(planParts(0, 8).count).toBe(1);
  expect(planParts(7 * MIB, 8).count).toBe(1);
  expect(planParts(8 * MIB, 8).count).toBe(2);
  expect(planParts(512 * MIB, 8)).toEqual({ size: 512 * MIB, partBytes: 16 * MIB, count: 32 });
  expect(planParts(4096 * MIB, 8)).toEqual({ size: 4096 * MIB, partBytes: 64 * MIB, count: 64 });
  expect(planParts(100, 8, 30)).toEqual({ size: 100, partBytes: 30, count: 4 });
});
