import { elementTypeCode } from '../onnx/element-type.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/** 0, 1, 2 … along the sequence: int64 [1, sequence]. */
export function countedPositions(graph: GraphBuilder, ids: Value): Value {
  const shape = graph.node('Shape', [ids], { attributes: { start: { int: 1 }, end: { int: 2 } } });
  const length = graph.node('Squeeze', [shape, graph.integers(0)]);
  const range = graph.node('Range', [graph.scalar('int64', 0), length, graph.scalar('int64', 1)]);
  return graph.node('Unsqueeze', [range, graph.integers(0)]);
}

/**
 * RoBERTa's positions: they count the tokens that are not `<pad>`, from pad + 1 on; a `<pad>` sits at its own id
 * (transformers: `create_position_ids_from_input_ids`). The id decides, not the mask: a text may spell out `<pad>`.
 * @returns int64 [batch, sequence]
 */
export function paddingAwarePositions(graph: GraphBuilder, ids: Value, padId: number): Value {
  const pad = graph.scalar('int64', padId);
  const isPad = graph.node('Equal', [ids, pad]);
  const isToken = graph.node('Cast', [graph.node('Not', [isPad])], {
    attributes: { to: { int: elementTypeCode.int64 } },
  });
  const counted = graph.node('CumSum', [isToken, graph.scalar('int64', 1)]);
  return graph.node('Add', [graph.node('Mul', [counted, isToken]), pad]);
}
