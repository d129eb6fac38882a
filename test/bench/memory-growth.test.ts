import { describe, expect, it } from 'vitest';
import { memoryGrowth } from '../../bench/swap/report/memory-growth.ts';
import type { Swap } from '../../bench/swap/swaps.ts';
import { treeMemory } from '../../scripts/measuring/process-tree.ts';

function swapWith(totalBytes: number): Swap {
  return {
    totalMs: 1,
    phases: {},
    cardBytes: Number.NaN,
    lockHeldMs: 0,
    memory: { totalBytes, mainBytes: totalBytes / 2 },
  };
}

describe('memoryGrowth', () => {
  it('counts from the 20th swap, when the server has settled', () => {
    const swaps = Array.from({ length: 40 }, (_, index) => swapWith(index < 19 ? 1 : 1000 + (index - 19)));
    expect(memoryGrowth(swaps)).toMatchObject({
      fromSwap: 20,
      fromBytes: 1000,
      lastBytes: 1020,
      growth: expect.closeTo(0.02),
      bytesPerSwap: 1,
      mainFromBytes: 500,
      mainLastBytes: 510,
    });
  });

  it('says nothing about a single swap, or where memory could not be read', () => {
    expect(memoryGrowth([swapWith(1)])).toBeUndefined();
    expect(
      memoryGrowth(Array.from({ length: 30 }, () => ({ ...swapWith(1), memory: undefined }))),
    ).toBeUndefined();
  });
});

describe.runIf(process.platform === 'linux')('treeMemory', () => {
  it('measures this process and what it started', async () => {
    const memory = await treeMemory(process.pid);
    expect(memory?.mainBytes).toBeGreaterThan(10 * 2 ** 20);
    expect(memory?.totalBytes).toBeGreaterThan(10 * 2 ** 20);
  });
});
