import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { Attention, TokenLayout } from './token-layout.ts';

/** Sequences in the rows of a rectangle, with padding at their ends: what every device computes. */
export class PaddedTokens implements TokenLayout {
  readonly kind = 'padded';
  readonly integers = 'int64';
  readonly ids: Value;
  readonly tokenTypes: Value;
  readonly mask: Value;
  /** int64 [batch]: the sums of the mask. */
  readonly #lengths: Value;
  readonly #graph: GraphBuilder;

  /** Adds the inputs input_ids, attention_mask and, if wanted, token_type_ids, all int64 [batch, sequence]. */
  constructor(graph: GraphBuilder, usesTokenTypes: boolean) {
    const dims = ['batch', 'sequence'];
    this.#graph = graph;
    this.ids = graph.input('input_ids', 'int64', dims);
    this.mask = graph.input('attention_mask', 'int64', dims);
    this.tokenTypes = usesTokenTypes ? graph.input('token_type_ids', 'int64', dims) : '';
    this.#lengths = graph.node('ReduceSum', [this.mask, graph.integers(1)], {
      attributes: { keepdims: { int: 0 } },
    });
  }

  positions(): Value {
    const graph = this.#graph;
    // A vector of one element does for Range, and no node has to run on the CPU to make it a scalar.
    const length = graph.node('Shape', [this.ids], { attributes: { start: { int: 1 }, end: { int: 2 } } });
    const range = graph.node('Range', [graph.scalar('int64', 0), length, graph.scalar('int64', 1)]);
    return graph.node('Unsqueeze', [range, graph.integers(0)]);
  }

  countAlong(marks: Value): Value {
    return this.#graph.node('CumSum', [marks, this.#graph.scalar('int64', 1)]);
  }

  firstRow(x: Value): Value {
    const graph = this.#graph;
    return graph.node('Slice', [x, graph.integers(0), graph.integers(1), graph.integers(1)]);
  }

  forHead(firstRows: Value): Value {
    return firstRows;
  }

  attention({ query, key, value, heads, bias, scale }: Attention): Value {
    return this.#graph.node('Attention', [query, key, value, bias ?? '', '', '', this.#lengths], {
      attributes: {
        q_num_heads: { int: heads },
        kv_num_heads: { int: heads },
        ...(scale === undefined ? {} : { scale: { float: scale } }),
      },
    });
  }
}
