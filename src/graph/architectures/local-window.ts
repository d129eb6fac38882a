import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { countedPositions } from './positions.ts';

/** What a token outside the window adds to a score: e to its power is 0, and half precision still holds it. */
const OUTSIDE = -6e4;

/**
 * A bias that lets every token see only those at most `reach` away.
 * @param ids int64 [batch, sequence]; only its size counts
 * @returns float32 [1, 1, sequence, sequence]
 */
export function localWindow(graph: GraphBuilder, ids: Value, reach: number): Value {
  const columns = countedPositions(graph, ids);
  const rows = graph.node('Transpose', [columns], { attributes: { perm: { ints: [1, 0] } } });
  const distance = graph.node('Abs', [graph.node('Sub', [rows, columns])]);
  const isOutside = graph.node('Greater', [distance, graph.scalar('int64', reach)]);
  const bias = graph.node('Where', [isOutside, graph.scalar('float32', OUTSIDE), graph.scalar('float32', 0)]);
  return graph.node('Unsqueeze', [bias, graph.integers(0, 1)]);
}
