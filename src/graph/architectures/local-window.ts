import type { TokenLayout } from '../layers/token-layout.ts';
import { elementTypeCode } from '../onnx/element-type.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/** What a token outside the window adds to a score: e to its power is 0, and half precision still holds it. */
const OUTSIDE = -5e4;

/**
 * A bias that lets every token see only those at most `reach` away.
 * @returns float32 [1 or batch, 1, sequence, sequence]
 */
export function localWindow(graph: GraphBuilder, tokens: TokenLayout, reach: number): Value {
  const positions = tokens.positions();
  const rows = graph.node('Unsqueeze', [positions, graph.integers(2)]);
  const columns = graph.node('Unsqueeze', [positions, graph.integers(1)]);
  const difference = graph.node('Cast', [graph.node('Sub', [rows, columns])], {
    attributes: { to: { int: elementTypeCode.float32 } },
  });
  const isOutside = graph.node('Greater', [graph.node('Abs', [difference]), graph.scalar('float32', reach)]);
  const bias = graph.node('Where', [isOutside, graph.scalar('float32', OUTSIDE), graph.scalar('float32', 0)]);
  return graph.node('Unsqueeze', [bias, graph.integers(1)]);
}
