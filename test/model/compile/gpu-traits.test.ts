import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gpuTraits } from '../../../src/model/compile/gpu-traits.ts';
import { goldenDirectory } from '../../support/golden.ts';

const traitsOf = (name: string, dtype: 'fp32' | 'fp16') => gpuTraits(goldenDirectory(name), dtype, 'cuda');

it('weights count in the type in which a GPU holds them, whatever the checkpoint has', async () => {
  const { size: stored } = await stat(join(goldenDirectory('xlm-roberta-fp16'), 'model.safetensors'));
  const { weightBytes: fromHalf } = await traitsOf('xlm-roberta-fp16', 'fp16');
  // The file has a header besides, and the head stays in single precision.
  expect(fromHalf).toBeGreaterThan(0.8 * stored);
  expect(fromHalf).toBeLessThan(1.2 * stored);
  expect((await traitsOf('xlm-roberta-bf16', 'fp16')).weightBytes).toBe(fromHalf);
  expect((await traitsOf('xlm-roberta', 'fp16')).weightBytes).toBe(fromHalf);
  expect((await traitsOf('xlm-roberta', 'fp32')).weightBytes).toBeGreaterThan(1.6 * fromHalf);
});

it('says whether a part of the graph may run on the CPU', async () => {
  expect(await traitsOf('xlm-roberta', 'fp16')).toMatchObject({ onlyDevice: true });
  expect(await traitsOf('deberta-v2', 'fp16')).toMatchObject({ onlyDevice: false });
});
