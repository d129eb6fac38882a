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

/** @param msOf what a batch of so many tokens takes, or throws */
function device(msOf: (tokens: number) => number) {
  const ran: number[] = [];
  let now = 0;
  const runOnEach = async ({ lengths, ids }: RaggedTokens): Promise<RunReply[]> => {
    ran.push(ids.length);
    const runMs = msOf(ids.length);
    now += runMs;
    return [{ runMs, computeMs: runMs, logits: new Float32Array(lengths.length) }];
  };
  return { ran, tools: { engines: { runOnEach }, clock: { now: () => now }, ids: Int32Array.of(0, 5, 2) } };
}

describe('warming a GPU up', () => {
  it('looks with a short row how fast it is, then runs the largest batch before all others', async () => {
    const { ran, tools } = device((tokens) => 4 + tokens / 700);
    const progress: [number, number][] = [];
    const tokensPerMs = await warmUp(tools, bounds, false, (...step) => progress.push(step));
    expect(ran.slice(0, 3)).toEqual([256, 256, 16_384]);
    expect(Math.max(...ran)).toBe(16_384);
    expect(tokensPerMs).toBeCloseTo(16_384 / (4 + 16_384 / 700));
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

  it('does without what the memory is too small for', async () => {
    const { ran, tools } = device((tokens) => {
      if (tokens > 6000) throw new CallFailed('out of memory');
      return 1;
    });
    await warmUp(tools, bounds, false);
    expect(ran.filter((tokens) => tokens > 6000)).toEqual([16_384, 8192]);
    expect(ran).toContain(4096);
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
