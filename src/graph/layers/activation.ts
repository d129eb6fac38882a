import { z } from 'zod';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/**
 * Activation functions by the names that transformers gives them (`ACT2FN`). `gelu` is the exact one, by the error function;
 * `gelu_new`, `gelu_pytorch_tanh` and `gelu_fast` are its approximation by the hyperbolic tangent.
 */
const WRITERS = {
  gelu: (graph, x) => graph.node('Gelu', [x], { domain: 'com.microsoft' }),
  gelu_python: (graph, x) => graph.node('Gelu', [x], { domain: 'com.microsoft' }),
  gelu_new: (graph, x) => graph.node('FastGelu', [x], { domain: 'com.microsoft' }),
  gelu_pytorch_tanh: (graph, x) => graph.node('FastGelu', [x], { domain: 'com.microsoft' }),
  gelu_fast: (graph, x) => graph.node('FastGelu', [x], { domain: 'com.microsoft' }),
  relu: (graph, x) => graph.node('Relu', [x]),
  tanh: (graph, x) => graph.node('Tanh', [x]),
  silu: (graph, x) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
  swish: (graph, x) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
} as const satisfies Record<string, (graph: GraphBuilder, x: Value) => Value>;

export type Activation = keyof typeof WRITERS;

/** The lowest value that an activation gives; those with none near zero are left out. */
export const LOWEST: Partial<Record<Activation, number>> = {
  gelu: -0.17,
  gelu_python: -0.17,
  gelu_new: -0.171,
  gelu_pytorch_tanh: -0.171,
  gelu_fast: -0.171,
  relu: 0,
  silu: -0.279,
  swish: -0.279,
};

/** A config's `hidden_act` and the like. */
export const activationSchema = z.enum(Object.keys(WRITERS) as [Activation, ...Activation[]]);

/** @param x any shape, which the result keeps */
export function activate(graph: GraphBuilder, x: Value, activation: Activation): Value {
  return WRITERS[activation](graph, x);
}

/** Operators that add a bias first; they round no earlier than the two steps apart would. */
const WITH_BIAS: Partial<Record<Activation, string>> = {
  gelu: 'BiasGelu',
  gelu_python: 'BiasGelu',
  gelu_new: 'FastGelu',
  gelu_pytorch_tanh: 'FastGelu',
  gelu_fast: 'FastGelu',
};

/** activation(x + bias). @param bias [width of x] */
export function activateWithBias(graph: GraphBuilder, x: Value, bias: Value, activation: Activation): Value {
  const operator = WITH_BIAS[activation];
  if (operator === undefined) return activate(graph, graph.node('Add', [x, bias]), activation);
  return graph.node(operator, [x, bias], { domain: 'com.microsoft' });
}
