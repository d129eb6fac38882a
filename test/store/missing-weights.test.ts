import { expect, it } from 'vitest';
import { missingWeightsAdvice } from '../../src/store/missing-weights.ts';

const advice = (dtype: 'auto' | 'fp16', ...files: string[]) =>
  missingWeightsAdvice(dtype, (name) => files.includes(name), 'DIR');

it('says where it looked, and talks of pickles only where there is one', async () => {
  expect(await advice('fp16')).toBe(
    'Looked for model.safetensors, model.safetensors.index.json, onnx/model_fp16.onnx, model_fp16.onnx.',
  );
  expect(await advice('auto', 'pytorch_model.bin')).toMatch(
    /pytorch_model\.bin is not read.*from_pretrained\("DIR"\)/,
  );
  expect(await advice('fp16', 'model_quantized.onnx')).toMatch(
    /There is model_quantized\.onnx: ask for int8/,
  );
});
