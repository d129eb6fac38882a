import { describe, expect, it } from 'vitest';
import type { RaggedTokens, RunReply } from '../../../src/engine/protocol.ts';
import { warmUp } from '../../../src/model/warm-up/warm-up.ts';
import { CallFailed, ChildLost } from '../../../src/platform/process/child-link.ts';

const bounds = {
  layout: 'packed',
  batchTokens: 16_384,
  maxRows: 1024,
  maxLength: 1024,
  width: (longest: number) => longest,
} as const;

const { signal } = new AbortController();

/** @param msOf what a batch of so many tokens takes, or throws, having let time pass or not */
function device(msOf: (tokens: number, pass: (ms: number) => void) => number) {
  const ran: number[] = [];
  let now = 0;
  const runOnEach = async ({ lengths, ids }: RaggedTokens): Promise<RunReply[]> => {
    ran.push(ids.length);
    const runMs = msOf(ids.length, (ms) => {
      now += ms;
    });
    now += runMs;
    return [{ runMs, computeMs: runMs, logits: new Float32Array(lengths.length) }];
  };
  return {
    ran,
    tools: { engines: { runOnEach }, clock: { now: () => now }, ids: Int32Array.of(0, 5, 2), signal },
  };
}

describe('warming a GPU up', () => {
  it('looks with a short row how fast it is, then runs the largest batch before all others', async () => {
    const { ran, tools } = device((tokens) => 4 + tokens / 700);
    const progress: [number, number][] = [];
    const { tokensPerMs, tooLarge } = await warmUp(tools, bounds, false, (...step) => progress.push(step));
    expect(ran.slice(0, 3)).toEqual([256, 256, 16_384]);
    expect(Math.max(...ran)).toBe(16_384);
    expect(tokensPerMs).toBeCloseTo(16_384 / (4 + 16_384 / 700));
    expect(tooLarge).toBeUndefined();
    const last = progress.at(-1);
    expect(last?.[0]).toBe(last?.[1]);
    expect(ran).toHaveLength(2 + progress.length);
  });

  it('runs the largest batch once and little else while requests wait', async () => {
    const { ran, tools } = device((tokens) => tokens / 700);
    await warmUp(tools, bounds, true);
    expect(ran).toEqual([256, 256, 16_384, 16]);
  });

  it('begins nothing on a slow device that it could not do in time', async () => {
    const { ran, tools } = device((tokens) => tokens);
    await warmUp(tools, bounds, false);
    expect(Math.max(...ran)).toBeLessThanOrEqual(5_120);
    const begun = ran.slice(0, -1).reduce((sum, tokens) => sum + tokens, 0);
    expect(begun).toBeLessThanOrEqual(10_240);
  });

  const outOfMemory = new CallFailed('out of memory');

  it.each([false, true])(
    'halves the largest batch until the memory is large enough, and tells which was too large (brief: %s)',
    async (brief) => {
      const { ran, tools } = device((tokens) => {
        if (tokens > 3000) throw outOfMemory;
        return 1;
      });
      const progress: [number, number][] = [];
      const { tooLarge } = await warmUp(tools, bounds, brief, (...step) => progress.push(step));
      expect(tooLarge).toEqual({ tokens: 4096, reason: 'out of memory' });
      expect(ran.slice(2, 6)).toEqual([16_384, 8192, 4096, 2048]);
      expect(ran.filter((tokens) => tokens > 3000)).toHaveLength(3);
      const last = progress.at(-1);
      expect(last?.[0]).toBe(last?.[1]);
    },
  );

  it('warms shorter rows where the memory is too small for one of the longest', async () => {
    const { ran, tools } = device((tokens) => {
      if (tokens > 600) throw outOfMemory;
      return 1;
    });
    const { tooLarge } = await warmUp(tools, bounds, false);
    expect(tooLarge?.tokens).toBe(1024);
    expect(ran).toContain(512);
  });

  it('goes on halving however long a failure takes, so that the memory is measured with a batch that fits', async () => {
    const { ran, tools } = device((tokens, pass) => {
      if (tokens <= 1024) return 1;
      pass(10_000);
      throw outOfMemory;
    });
    await warmUp(tools, bounds, false);
    expect(ran).toEqual([256, 256, 16_384, 8192, 4096, 2048, 1024]);
  });

  it('fails with a model that fails on a short row, and when an engine ends', async () => {
    const failing = device(() => {
      throw new CallFailed('bad node');
    });
    await expect(warmUp(failing.tools, bounds, false)).rejects.toThrow('bad node');
    const ending = device((tokens) => {
      if (tokens > 256) throw new ChildLost('gone', true);
      return 1;
    });
    await expect(warmUp(ending.tools, bounds, false)).rejects.toThrow('gone');
  });
});
