import type { Layers } from '../layers/layers.ts';
import { elementTypeCode } from '../onnx/element-type.ts';
import type { Value } from '../onnx/graph-builder.ts';

/**
 * RoBERTa's positions: they count the tokens that are not `<pad>`, from pad + 1 on; a `<pad>` sits at its own id
 * (transformers: `create_position_ids_from_input_ids`). The id decides, not the mask: a text may spell out `<pad>`.
 * @returns int64 like the ids
 */
export function paddingAwarePositions({ graph, tokens }: Layers, padId: number): Value {
  const pad = graph.scalar(tokens.integers, padId);
  const isPad = graph.node('Equal', [tokens.ids, pad]);
  const isToken = graph.node('Cast', [graph.node('Not', [isPad])], {
    attributes: { to: { int: elementTypeCode[tokens.integers] } },
  });
  const counted = tokens.countAlong(isToken);
  return graph.node('Add', [graph.node('Mul', [counted, isToken]), pad]);
}
