import type { Layers } from '../layers/layers.ts';
import type { Value } from '../onnx/graph-builder.ts';
import { tensor } from '../onnx/tensor.ts';

/** Tables of the cosines and sines by which queries and keys are turned, float32 [positions, width / 2]. */
export interface RotaryTables {
  readonly cosines: Value;
  readonly sines: Value;
}

/**
 * Tables for rotary position embeddings (Su et al. 2021, https://arxiv.org/abs/2104.09864): angle(p, i) = p · theta^(-2i / width).
 * @param width of one head
 */
export function rotaryTables(
  layers: Layers,
  name: string,
  positions: number,
  width: number,
  theta: number,
): RotaryTables {
  const half = width / 2;
  const cosines = new Float32Array(positions * half);
  const sines = new Float32Array(positions * half);
  for (let index = 0; index < half; index++) {
    // Single precision at each step, as PyTorch computes them.
    const frequency = Math.fround(1 / Math.fround(theta ** Math.fround((2 * index) / width)));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      cosines[position * half + index] = Math.cos(angle);
      sines[position * half + index] = Math.sin(angle);
    }
  }
  const dims = [positions, half];
  return {
    cosines: layers.toHidden(layers.graph.initializer(`${name}.cosines`, tensor('float32', dims, cosines))),
    sines: layers.toHidden(layers.graph.initializer(`${name}.sines`, tensor('float32', dims, sines))),
  };
}

/** Turns every row by its position, counted from 0. @param x float32 [batch, sequence, hidden] */
export function rotate({ graph }: Layers, x: Value, { cosines, sines }: RotaryTables, heads: number): Value {
  return graph.node('RotaryEmbedding', [x, graph.integers(0), cosines, sines], {
    domain: 'com.microsoft',
    attributes: { num_heads: { int: heads }, interleaved: { int: 0 } },
  });
}
