import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PairQueue } from '../../src/batching/pair-queue.ts';

const limits = { tokens: 512, paddingShare: 0.2 };

it('gives every pair out exactly once, whatever the order of pushes and batches', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 700 }), fc.constant('take' as const)), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (script) => {
      const queue = new PairQueue<number>();
      const given: number[] = [];
      let pushed = 0;
      for (const step of script) {
        if (step === 'take') given.push(...queue.takeBatch(limits));
        else queue.push(pushed++, step);
      }
      while (queue.pairs > 0) given.push(...queue.takeBatch(limits));
      expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: pushed }, (_, index) => index));
      expect(queue.tokens).toBe(0);
    }),
  );
});

it('forgets the tokens of what it removes', () => {
  const queue = new PairQueue<string>();
  queue.push('kept', 100);
  queue.push('dropped', 100);
  queue.push('dropped', 300);
  queue.remove((item) => item === 'dropped');
  expect([queue.pairs, queue.tokens]).toEqual([1, 100]);
  expect(queue.takeBatch(limits)).toEqual(['kept']);
});
