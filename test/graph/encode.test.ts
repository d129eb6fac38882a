import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { GraphBuilder, type Value } from '../../src/graph/onnx/graph-builder.ts';
import type { Model } from '../../src/graph/onnx/model.ts';
import { externalTensor, tensor } from '../../src/graph/onnx/tensor.ts';

/** A model with the float32 input `x` [n, 2] and the float32 output that `define` returns. */
function model(define: (graph: GraphBuilder, x: Value) => Value): Model {
  const graph = new GraphBuilder('test');
  const x = graph.input('x', 'float32', ['n', 2]);
  graph.output(graph.node('Identity', [define(graph, x)], { name: 'y' }), 'float32', ['a', 'b']);
  const opsets = { '': 18, 'com.microsoft': 1 };
  return { irVersion: 8, producer: 'test', opsets, graph: graph.build(), metadata: { purpose: 'test' } };
}

async function run(bytes: Uint8Array, options: InferenceSession.SessionOptions = {}): Promise<number[]> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, ...options });
  const x = new Tensor('float32', Float32Array.of(1, -2, 3, 4), [2, 2]);
  const { y } = await session.run({ x });
  return Array.from(y?.data as Float32Array);
}

describe('encodeModel', () => {
  it.each<[string, (graph: GraphBuilder, x: Value) => Value, number[]]>([
    [
      'an initializer',
      (g, x) => g.node('Add', [x, g.initializer('w', tensor('float32', [2], [10, 20]))]),
      [11, 18, 13, 24],
    ],
    [
      'a float attribute',
      (g, x) => g.node('LeakyRelu', [x], { attributes: { alpha: { float: 0.5 } } }),
      [1, -1, 3, 4],
    ],
    [
      'an ints attribute',
      (g, x) => g.node('Transpose', [x], { attributes: { perm: { ints: [1, 0] } } }),
      [1, 3, -2, 4],
    ],
    ['a negative int attribute', (g, x) => g.node('CumSum', [x, g.scalar('int64', -1)]), [1, -1, 3, 7]],
    [
      'a string attribute',
      (g, x) => g.node('Pad', [x, g.integers(0, 0, 0, 1)], { attributes: { mode: { string: 'edge' } } }),
      [1, -2, -2, 3, 4, 4],
    ],
    [
      'a floats attribute',
      (g, x) =>
        g.node('Mul', [x, g.node('Constant', [], { attributes: { value_floats: { floats: [2, 3] } } })]),
      [2, -6, 6, 12],
    ],
    [
      'a tensor attribute',
      (g, x) =>
        g.node('Sub', [
          x,
          g.node('Constant', [], { attributes: { value: { tensor: tensor('float32', [], [1]) } } }),
        ]),
      [0, -3, 2, 3],
    ],
    ['several outputs', (g, x) => g.nodeWithOutputs('Split', [x, g.integers(1, 1)], 2)[1] as Value, [3, 4]],
    ['an omitted optional input', (g, x) => g.node('Clip', [x, '', g.scalar('float32', 2)]), [1, -2, 2, 2]],
    [
      'an operator of another domain',
      (g, x) =>
        g.node('BiasGelu', [x, g.initializer('b', tensor('float32', [2], [9, 12]))], {
          domain: 'com.microsoft',
        }),
      [10, 10, 12, 16],
    ],
    [
      'a float16 tensor',
      (g, x) => g.node('Mul', [x, cast(g, g.initializer('h', tensor('float16', [], [0x3800])))]),
      [0.5, -1, 1.5, 2],
    ],
    [
      'an int8 tensor',
      (g, x) => g.node('Mul', [x, cast(g, g.initializer('i', tensor('int8', [], [-3])))]),
      [-3, 6, -9, -12],
    ],
    [
      'a bool tensor',
      (g, x) => g.node('Mul', [x, cast(g, g.initializer('m', tensor('bool', [2], [1, 0])))]),
      [1, -0, 3, 0],
    ],
  ])('writes %s that ONNX Runtime reads', async (_, define, expected) => {
    const actual = await run(encodeModel(model(define)));
    expect(actual).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 4);
  });

  it('points to weights in another file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'external-'));
    try {
      await writeFile(join(folder, 'weights.bin'), Buffer.from(Float32Array.of(99, 5, 6).buffer));
      const weights = externalTensor('float32', [2], { location: 'weights.bin', offset: 4, length: 8 });
      const bytes = encodeModel(model((graph, x) => graph.node('Add', [x, graph.initializer('w', weights)])));
      const extra = { session: { model_external_initializers_file_folder_path: folder } };
      expect(await run(bytes, { extra })).toEqual([6, 4, 8, 10]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('gives equal models equal bytes', () => {
    const once = () => encodeModel(model((graph, x) => graph.node('Mul', [x, graph.scalar('float32', 0.1)])));
    expect(once()).toEqual(once());
  });
});

function cast(graph: GraphBuilder, value: Value): Value {
  return graph.node('Cast', [value], { attributes: { to: { int: 1 } } });
}
