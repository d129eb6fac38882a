import { describe, expect, it } from 'vitest';
import { findArchitecture } from '../../src/graph/architectures/registry.ts';
import { GRAPH_FORMS, gpuFormat, runsWholly } from '../../src/graph/gpu-format.ts';
import { startForm } from '../support/form-engine.ts';
import {
  expectedLogit,
  type GoldenPair,
  goldenCases,
  goldenConfig,
  goldenDirectory,
  readGolden,
  tokensOf,
} from '../support/golden.ts';

/** Largest difference to transformers as a share of the spread. What half precision may cost is what is asked of a GPU. */
const TOLERANCE = { fp32: 1e-4, fp16: 5e-3 } as const;

/** Without the one of CPUs, which has tests of its own. */
const forms = Object.entries(GRAPH_FORMS).filter(([name]) => name !== 'padded');

const cases = goldenCases.filter((name) => !readGolden(name).optional);

/** For one label the classifier's size is of no importance. */
const packs = (name: string): boolean => {
  const config = goldenConfig(name);
  return findArchitecture(config)(config, 1).packs;
};

it('BERT and its relatives can be packed, others can not', () => {
  expect(cases.filter(packs)).toEqual(
    expect.arrayContaining(['bert', 'distilbert', 'electra', 'xlm-roberta']),
  );
  expect(cases.filter((name) => !packs(name))).toEqual(expect.arrayContaining(['deberta-v2', 'modernbert']));
});

it('packs in half precision on CUDA what can be packed, and takes the kernels that WebGPU has', () => {
  const formOf = (name: string, dtype: 'fp32' | 'fp16', device: 'cuda' | 'webgpu') =>
    gpuFormat(goldenConfig(name), dtype, device);
  expect(formOf('xlm-roberta', 'fp16', 'cuda')).toMatchObject({ form: { tokens: 'packed', fuses: true } });
  expect(formOf('xlm-roberta', 'fp32', 'cuda')).toMatchObject({ form: { tokens: 'padded' } });
  expect(formOf('modernbert', 'fp16', 'cuda')).toMatchObject({ hasHalf: true, form: { tokens: 'padded' } });
  expect(formOf('xlm-roberta', 'fp16', 'webgpu')).toMatchObject({ form: { tokens: 'masked' } });
  expect(cases.filter((name) => !runsWholly(goldenConfig(name)))).toEqual(['deberta-v2']);
});

describe.each(forms)('a graph that is %s', (_, form) => {
  const able = cases.filter((name) => form.tokens !== 'packed' || packs(name));
  describe.each(['fp32', 'fp16'] as const)('in %s', (dtype) => {
    it.each(able)('gives the logits that transformers gives for %s', async (name) => {
      const golden = readGolden(name);
      await using started = await startForm(
        goldenDirectory(name),
        dtype === 'fp16' ? { dtype, hasHalf: true, form } : { dtype, form },
      );
      const check = async (pairs: readonly GoldenPair[]): Promise<void> => {
        const { logits } = await started.engine.run(tokensOf(pairs));
        for (const [row, pair] of pairs.entries()) {
          const difference = Math.abs((logits[row] as number) - expectedLogit(golden, pair.logits));
          expect(difference / golden.logitSpread, pair.name).toBeLessThan(TOLERANCE[dtype]);
        }
      };
      // Alone, and with others of all lengths in one batch.
      await check(golden.pairs.slice(0, 1));
      await check(golden.pairs);
    });
  });
});
