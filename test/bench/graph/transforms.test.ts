import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  type Transform,
  withMultiHeadAttention,
  withSkipLayerNorm,
  withWholeLastLayer,
} from '../../../bench/graph/transforms.ts';
import { encodeModel } from '../../../src/graph/onnx/encode.ts';
import { planModel } from '../../../src/graph/plan-model.ts';
import { Checkpoint } from '../../../src/graph/safetensors/checkpoint.ts';
import { scratchDirectory } from '../../support/directories.ts';
import { goldenRoot } from '../../support/golden.ts';

const checkpoint = join(goldenRoot, 'xlm-roberta');

async function logitOf(transform: Transform): Promise<{ logit: number; operators: string[] }> {
  const config: unknown = JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8'));
  const { tensors } = await Checkpoint.open(checkpoint);
  const model = transform(planModel({ config, tensors }, { dtype: 'fp32' }).model);
  await using scratch = await scratchDirectory();
  await writeFile(
    join(scratch.path, 'model.safetensors'),
    await readFile(join(checkpoint, 'model.safetensors')),
  );
  await writeFile(join(scratch.path, 'model.onnx'), encodeModel(model));
  const session = await InferenceSession.create(join(scratch.path, 'model.onnx'), {
    graphOptimizationLevel: 'disabled',
  });
  const ids = BigInt64Array.from([0, 20, 30, 40, 2, 2, 50, 60, 2], BigInt);
  const results = await session.run({
    input_ids: new Tensor('int64', ids, [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  });
  const [output] = Object.values(results);
  const operators = model.graph.nodes.map(({ operator }) => operator);
  return { logit: Number(output?.data[0]), operators };
}

describe('a variant of a graph', () => {
  it.each<[string, Transform, string, number]>([
    ['fused norms', withSkipLayerNorm, 'SkipLayerNormalization', 4],
    ['another attention', withMultiHeadAttention, 'MultiHeadAttention', 2],
    ['a whole last layer', withWholeLastLayer, 'Slice', 1],
  ])('with %s computes the same', async (_what, transform, operator, count) => {
    const served = await logitOf((model) => model);
    const variant = await logitOf(transform);
    expect(variant.logit).toBeCloseTo(served.logit, 4);
    expect(variant.operators.filter((name) => name === operator)).toHaveLength(count);
  });
});
