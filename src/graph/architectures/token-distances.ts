import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { tensor } from '../onnx/tensor.ts';

/** Rows of a table of relative positions, for sequences of n tokens. */
export interface TokenDistances {
  /** int64 [2n]: the distances -(n-1) … n-1, and one more that doesn't count. */
  readonly ascending: Value;
  /** int64 [2n]: the distances n-1 … -(n-1), and one more that doesn't count. */
  readonly descending: Value;
  /** int64 [n]: the distances 0 … -(n-1), from the first token to each. */
  readonly fromFirst: Value;
  /** int64 [1]: n */
  readonly length: Value;
}

/**
 * Cuts the rows for sequences as long as `ids` out of the rows for the longest ones.
 * @param rows for the distances -(longest-1) … longest-1
 * @param ids int64 [batch, sequence]
 */
export function tokenDistances(graph: GraphBuilder, rows: readonly number[], ids: Value): TokenDistances {
  const longest = (rows.length + 1) / 2;
  const table = (name: string, values: readonly number[]): Value =>
    graph.initializer(name, tensor('int64', [values.length], values));
  const up = table('distances.ascending', [...rows, 0]);
  const down = table('distances.descending', [...rows.toReversed(), 0]);
  const length = graph.node('Shape', [ids], { attributes: { start: { int: 1 }, end: { int: 2 } } });
  const middle = graph.integers(longest);
  const from = graph.node('Sub', [middle, length]);
  const to = graph.node('Add', [middle, length]);
  const zero = graph.integers(longest - 1);
  const axis = graph.integers(0);
  return {
    ascending: graph.node('Slice', [up, from, to, axis]),
    descending: graph.node('Slice', [down, from, to, axis]),
    fromFirst: graph.node('Slice', [down, zero, graph.node('Add', [zero, length]), axis]),
    length,
  };
}

/**
 * Shifts the rows of products over distances against each other, so that tokens face tokens:
 * result[r, s] = products[r, n - 1 - r + s].
 *
 * In memory that is one step to the left for every row, so it takes no gathering (Dai et al. 2019, Transformer-XL, appendix B).
 * @param products float32 [batch, heads, n, 2n]
 * @returns float32 [batch, heads, n, n]
 */
export function facingTokens(graph: GraphBuilder, products: Value, { length }: TokenDistances): Value {
  const flat = graph.node('Reshape', [products, graph.integers(0, 0, -1)]);
  const first = graph.node('Sub', [length, graph.integers(1)]);
  const cut = graph.node('Slice', [flat, first, graph.integers(-1), graph.integers(2)]);
  const shape = graph.node('Concat', [graph.integers(0, 0), length, graph.integers(-1)], {
    attributes: { axis: { int: 0 } },
  });
  const shifted = graph.node('Reshape', [cut, shape]);
  return graph.node('Slice', [shifted, graph.integers(0), length, graph.integers(3)]);
}
