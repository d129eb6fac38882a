import { describe, expect, it } from 'vitest';
import { calibrate, isOpen } from '../../../src/model/plan/choose-plan.ts';
import type { EnginePlan } from '../../../src/model/plan/engine-plan.ts';
import type { ServableGraph } from '../../../src/model/servable-graph.ts';

const graph: ServableGraph = {
  files: [],
  modelFile: 'model.onnx',
  optimization: 'none',
  dtype: 'int8',
  weightBytes: 2 ** 20,
  isShared: true,
};
const settings = {
  device: 'cpu',
  engines: 'auto',
  threads: 'auto',
  maxBatchTokens: 'auto',
  budget: { cpus: 8, memoryBytes: 2 ** 35 },
} as const;

/** A machine whose speed depends on the number of engines. */
function machine(tokensPerSecond: (plan: EnginePlan, batchTokens: number) => number) {
  const tried: string[] = [];
  const trial = async (plan: EnginePlan, batchTokens: readonly number[]): Promise<number[]> => {
    tried.push(`${plan.engines}×${plan.threads}`);
    return batchTokens.map((tokens) => tokensPerSecond(plan, tokens));
  };
  return { tried, trial };
}

describe('choosing a plan', () => {
  it('takes what is fastest on this machine', async () => {
    const { tried, trial } = machine(({ engines }) => ({ 8: 90, 4: 130, 2: 120, 1: 50 })[engines] ?? 0);
    const [best, ...others] = await calibrate(graph, settings, trial);
    expect(best).toEqual({ engines: 4, threads: 2, batchTokens: 1, tokensPerSecond: 130 });
    expect(tried).toEqual(['8×1', '4×2', '2×4', '1×8']);
    expect(others).toHaveLength(3);
  });

  it('tries no further when it gets clearly worse', async () => {
    const { tried, trial } = machine(({ engines }) => engines);
    await calibrate(graph, settings, trial);
    expect(tried).toEqual(['8×1', '4×2']);
  });

  it('keeps to the usual plan when another one is hardly better', async () => {
    const { trial } = machine(({ engines }) => (engines === 8 ? 100 : 105));
    const [best] = await calibrate(graph, settings, trial);
    expect(best.engines).toBe(8);
  });

  it('tries batch sizes where they change no score, and keeps to what the operator says', async () => {
    const { trial } = machine((_, batchTokens) => batchTokens);
    const [free] = await calibrate({ ...graph, dtype: 'fp32' }, settings, trial);
    expect(free.batchTokens).toBe(1024);
    const [fixed] = await calibrate({ ...graph, dtype: 'fp32' }, { ...settings, maxBatchTokens: 64 }, trial);
    expect(fixed.batchTokens).toBe(64);
    const { tried, trial: two } = machine(() => 1);
    await calibrate(graph, { ...settings, threads: 2 }, two);
    expect(tried).toEqual(['4×2']);
  });

  it('measures nothing where nothing is open', () => {
    expect(isOpen(settings)).toBe(true);
    expect(isOpen({ ...settings, engines: 2, threads: 1 })).toBe(false);
    expect(isOpen({ ...settings, device: 'cuda' })).toBe(false);
    expect(isOpen({ ...settings, budget: { cpus: 1, memoryBytes: 2 ** 35 } })).toBe(false);
  });
});
