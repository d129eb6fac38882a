import type { Activation } from '../layers/activation.ts';
import type { Layers } from '../layers/layers.ts';
import { linear } from '../layers/product.ts';
import type { Value } from '../onnx/graph-builder.ts';

export interface DenseHead {
  readonly dense: string;
  readonly activation: Activation;
  readonly output: string;
  readonly hidden: number;
  readonly labels: number;
}

/**
 * The usual classification head: a dense layer, an activation, an output layer. Never quantized: it is one row a pair, and
 * its result is the score.
 * @param first the first token's hidden state, [batch, 1, hidden]
 * @returns float32 [batch, 1, labels]
 */
export function writeDenseHead(layers: Layers, first: Value, head: DenseHead): Value {
  const dense = layers.preciseLinear(layers.toFloat32(first), linear(head.dense, head.hidden, head.hidden));
  const activated = layers.activate(dense, head.activation);
  return layers.preciseLinear(activated, linear(head.output, head.hidden, head.labels));
}
