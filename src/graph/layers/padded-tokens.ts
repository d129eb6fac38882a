import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { Rectangle } from './rectangle.ts';
import type { Attention } from './token-layout.ts';

/** Rows with padding at their ends: what every device computes. */
export class PaddedTokens extends Rectangle {
  /** int64 [batch]: the sums of the mask. */
  readonly #lengths: Value;

  /** Adds the inputs input_ids, attention_mask and, if wanted, token_type_ids, all int64 [batch, sequence]. */
  constructor(graph: GraphBuilder, usesTokenTypes: boolean) {
    super(graph, usesTokenTypes, 'int64');
    this.#lengths = graph.node('ReduceSum', [this.mask, graph.integers(1)], {
      attributes: { keepdims: { int: 0 } },
    });
  }

  positions(): Value {
    const { graph } = this;
    // A vector of one element does for Range, and no node has to run on the CPU to make it a scalar.
    const length = graph.node('Shape', [this.ids], { attributes: { start: { int: 1 }, end: { int: 2 } } });
    const range = graph.node('Range', [graph.scalar('int64', 0), length, graph.scalar('int64', 1)]);
    return graph.node('Unsqueeze', [range, graph.integers(0)]);
  }

  attention({ query, key, value, heads, bias, scale }: Attention): Value {
    return this.graph.node('Attention', [query, key, value, bias ?? '', '', '', this.#lengths], {
      attributes: {
        q_num_heads: { int: heads },
        kv_num_heads: { int: heads },
        ...(scale === undefined ? {} : { scale: { float: scale } }),
      },
    });
  }
}
