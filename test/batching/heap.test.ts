import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from '../../src/batching/heap.ts';

it('gives items out in order, whatever the order of pushes and pops', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(100)), { maxLength: 200 }), (script) => {
      const heap = new Heap<number>((a, b) => a < b);
      const model: number[] = [];
      for (const step of script) {
        if (step !== null) {
          heap.push(step);
          model.push(step);
        } else {
          model.sort((a, b) => b - a);
          expect(heap.first).toBe(model.at(-1));
          expect(heap.pop()).toBe(model.pop());
        }
        expect(heap.size).toBe(model.length);
      }
    }),
  );
});

it('keeps the order of what it retains', () => {
  const heap = new Heap<number>((a, b) => a < b);
  for (let item = 0; item < 100; item++) heap.push((item * 37) % 100);
  heap.retain((item) => item % 7 === 0);
  const given: number[] = [];
  while (heap.size > 0) given.push(heap.pop() as number);
  expect(given).toEqual(Array.from({ length: 15 }, (_, index) => index * 7));
});
