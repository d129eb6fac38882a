import { describe, expect, it } from 'vitest';
import { inParallel } from '../../src/platform/in-parallel.ts';

const { signal } = new AbortController();

describe('work in parallel', () => {
  it('is done for each item once, never more at a time than allowed', async () => {
    const done: number[] = [];
    let now = 0;
    let most = 0;
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, signal, async (item) => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      done.push(item);
    });
    expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('ends with the first failure, when all others are over', async () => {
    const failure = new Error('broken');
    const ended: number[] = [];
    const begun: number[] = [];
    const work = inParallel([1, 2, 3, 4], 2, signal, async (item, either) => {
      begun.push(item);
      if (item === 1) throw failure;
      await new Promise<void>((resolve) => either.addEventListener('abort', () => resolve(), { once: true }));
      ended.push(item);
    });
    await expect(work).rejects.toBe(failure);
    expect([begun, ended]).toEqual([[1, 2], [2]]);
  });

  it('does not begin for one who has given up', async () => {
    const reason = new Error('given up');
    const work = inParallel([1], 2, AbortSignal.abort(reason), () => Promise.reject(new Error('begun')));
    await expect(work).rejects.toBe(reason);
  });
});
