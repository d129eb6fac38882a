import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

export interface QuantizedRows {
  /** uint8 [rows, in] */
  readonly values: Value;
  /** float32 [rows, 1]: x ≈ (values - zero) × step */
  readonly steps: Value;
  /** uint8 scalar */
  readonly zero: Value;
  /** The shape of x with another last axis. */
  readonly shapeFor: (width: number) => Value;
}

/** How many of the 255 steps of a byte are kept for values below zero. */
const STEPS_BELOW_ZERO = 16;

/** A row of zeros must not be divided by zero. */
const SMALLEST_STEP = 1e-9;

/**
 * Quantizes every row by its own highest value. Kernels take one zero point for all rows: sixteen steps hold what is below
 * zero, and steps never get so small that it would not fit.
 * @param x float32 […, in]
 * @param lowest no value is lower; 0 or a little below
 */
export function quantizeRows(graph: GraphBuilder, x: Value, lowest: number): QuantizedRows {
  const below = lowest < 0 ? STEPS_BELOW_ZERO : 0;
  const width = graph.node('Shape', [x], { attributes: { start: { int: -1 } } });
  const rows = graph.node('Reshape', [x, joined(graph, [graph.integers(-1), width])]);
  const highest = graph.node('ReduceMax', [rows, graph.integers(1)], {
    attributes: { keepdims: { int: 0 } },
  });
  const step = graph.node('Max', [
    graph.node('Mul', [highest, graph.scalar('float32', 1 / (255 - below))]),
    graph.scalar('float32', below === 0 ? SMALLEST_STEP : -lowest / below),
  ]);
  const zero = graph.scalar('uint8', below);
  const zeros = graph.node('Expand', [zero, graph.node('Shape', [step])]);
  return {
    values: graph.node('QuantizeLinear', [rows, step, zeros], { attributes: { axis: { int: 0 } } }),
    steps: graph.node('Unsqueeze', [step, graph.integers(1)]),
    zero,
    shapeFor: (out) => {
      const outer = graph.node('Shape', [x], { attributes: { end: { int: -1 } } });
      return joined(graph, [outer, graph.integers(out)]);
    },
  };
}

function joined(graph: GraphBuilder, parts: readonly Value[]): Value {
  return graph.node('Concat', parts, { attributes: { axis: { int: 0 } } });
}
