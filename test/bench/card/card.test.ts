import { describe, expect, it } from 'vitest';
import { sortedBatches, toBatch } from '../../../bench/card/batches.ts';
import { chainFlop, dualVectors } from '../../../bench/card/matmul/product-graph.ts';
import { neededFlop, workOf } from '../../../bench/card/model-flop.ts';
import { cardHelpText, readCardOptions } from '../../../bench/card/options.ts';
import { compareLogits } from '../../../bench/card/parts/agreement.ts';
import { limits } from '../../../bench/card/report/limits.ts';
import { planDay } from '../../../bench/gpu-day/plan.ts';
import { UsageError } from '../../../scripts/flags/usage-error.ts';

function row(length: number) {
  return { ids: new Int32Array(length).fill(length), typeIds: new Uint8Array(length) };
}

describe('neededFlop', () => {
  it('counts each product of a model by hand', () => {
    const shape = { hidden: 4, layers: 2, intermediate: 16, vocabulary: 10 };
    const product = (m: number, k: number, n: number) => 2 * m * k * n;
    const s = 3;
    const first =
      product(s, 4, 12) +
      product(s, 4, s) +
      product(s, s, 4) +
      product(s, 4, 4) +
      product(s, 4, 16) +
      product(s, 16, 4);
    const last =
      product(s, 4, 8) +
      product(1, 4, 4) +
      product(1, 4, s) +
      product(1, s, 4) +
      product(1, 4, 4) +
      product(1, 4, 16) +
      product(1, 16, 4);
    const head = product(1, 4, 4) + product(1, 4, 1);
    expect(neededFlop(shape, workOf([s]))).toBe(first + last + head);
  });
});

describe('batches', () => {
  it('are sorted by length and hold no more than the budget with padding', () => {
    const batches = sortedBatches([3, 9, 4, 8, 2].map(row), 18);
    expect(batches.map(({ lengths }) => [...lengths])).toEqual([
      [9, 8],
      [4, 3, 2],
    ]);
    expect(batches[1]?.ids).toEqual(Int32Array.of(4, 4, 4, 4, 3, 3, 3, 2, 2));
  });

  it('hold one pair that is longer than the budget', () => {
    expect(sortedBatches([row(5), row(4)], 3)).toHaveLength(2);
    expect(toBatch([]).ids).toHaveLength(0);
  });
});

describe('product graph', () => {
  it('multiplies matrices that are their own square', () => {
    const { up, down } = dualVectors(64);
    expect(up.reduce((sum, value, index) => sum + value * (down[index] ?? 0), 0)).toBeCloseTo(1, 4);
    expect(new Set(up).size).toBeGreaterThan(60);
  });

  it('counts both ways of an inner layer', () => {
    expect(chainFlop({ m: 2, widths: [3], repeats: 5 })).toBe(2 * 2 * 3 * 3 * 5);
    expect(chainFlop({ m: 2, widths: [3, 7], repeats: 5 })).toBe(2 * (2 * 2 * 3 * 7) * 5);
  });
});

describe('compareLogits', () => {
  it('is relative to the spread of the reference', () => {
    expect(compareLogits([0, 10], [1, 10])).toEqual({
      largestBySpread: 0.1,
      meanBySpread: 0.05,
      kendallTau: 1,
    });
  });
});

describe('limits', () => {
  it('never takes what was not measured for met', () => {
    const spread = { median: Number.NaN, least: 0, most: 0, values: [] };
    const rates = {
      documentsPerSecond: spread,
      tokensPerSecond: spread,
      teraflops: spread,
      shareOfMatmul: spread,
    };
    const found = { size: 'base', server: rates, serverByTorch: undefined };
    const judged = limits({ throughput: [found as never], single: [], agreement: [] });
    expect(judged.map(({ isMet }) => isMet)).toEqual([false, false]);
  });

  it('are held against the sizes that they are asked of', () => {
    const single = ['tiny', 'base', 'large'].map((size) => ({ size, documents: 100, p50Ms: 1 }) as never);
    const card = { largestBySpread: 0, kendallTau: 1 };
    const agreement = ['tiny', 'base'].map((size) => ({ size, card }) as never);
    const names = limits({ throughput: [], single, agreement }).map(({ name }) => name.split(':')[0]);
    expect(names).toEqual(['large', 'base', 'base']);
  });
});

describe('readCardOptions', () => {
  it('names every flag in the help, and refuses others', () => {
    for (const flag of ['device', 'only', 'sizes', 'python', 'json'])
      expect(cardHelpText()).toContain(`--${flag}`);
    expect(readCardOptions(['--device', 'webgpu', '--sizes', 'tiny'])).toMatchObject({
      device: 'webgpu',
      sizes: ['tiny'],
    });
    expect(() => readCardOptions(['--device', 'tpu'])).toThrow(UsageError);
    expect(() => readCardOptions(['--sizes', 'huge'])).toThrow(UsageError);
  });
});

describe('planDay', () => {
  it('begins with what most is asked of, and gives each part files of its own', () => {
    const options = {
      device: 'cuda',
      out: '/out',
      work: '/work',
      python: undefined,
      isDryRun: false,
    } as const;
    const parts = planDay({ ...options, sizes: ['base', 'large'] });
    expect(parts.map(({ name }) => name).slice(0, 5)).toEqual([
      'nvidia-smi',
      'doctor',
      'prepare-large',
      'agreement-large',
      'throughput-large',
    ]);
    expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
    expect(parts.flatMap(({ arguments: given }) => given)).not.toContain('--dry-run');
  });
});
