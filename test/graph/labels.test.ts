import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { writeScore } from '../../src/graph/architectures/labels.ts';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.ts';

async function scoreOf(labels: readonly number[], positive: number): Promise<number> {
  const graph = new GraphBuilder('score');
  const outputs = graph.input('labels', 'float32', [1, 1, labels.length]);
  graph.output(writeScore(graph, outputs, { count: labels.length, positive }), 'float32', [1, 1]);
  const model = { irVersion: 8, producer: 'test', opsets: { '': 18 }, graph: graph.build() };
  const session = await InferenceSession.create(encodeModel(model));
  const feeds = { labels: new Tensor('float32', Float32Array.from(labels), [1, 1, labels.length]) };
  const results = await session.run(feeds);
  await session.release();
  return Number(results['logits']?.data[0]);
}

/** In double precision. */
function expected(labels: readonly number[], positive: number): number {
  const others = labels.map(Math.fround).filter((_, index) => index !== positive);
  const largest = Math.max(...others);
  const rest = largest + Math.log(others.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return Math.fround(labels[positive] as number) - rest;
}

describe('the score of a classifier with several labels', () => {
  it.each([
    [[1.25, -0.5], 0],
    [[-300.5, 310.25], 1],
    [[0.1, 0.2, 0.3], 2],
    [[2, -3, 0.5], 1],
    [[-90, 5, 95], 0],
    [[400, -400, 0, 399], 3],
    [Array.from({ length: 1000 }, (_, index) => Math.sin(index) * 20), 7],
  ])('is the positive one less the logarithm of the sum of the others: %j', async (labels, positive) => {
    const reference = expected(labels, positive);
    const scale = Math.max(1, ...labels.map(Math.abs));
    expect(Math.abs((await scoreOf(labels, positive)) - reference) / scale).toBeLessThan(1e-6);
  });
});
