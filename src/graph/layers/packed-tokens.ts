import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { Attention, TokenLayout } from './token-layout.ts';

/** Widths of a head that the kernels take. */
const HEAD_STEP = 8;
const WIDEST_HEAD = 256;

/** Whether packed attention takes heads of that width. */
export function canPack(headWidth: number): boolean {
  return headWidth % HEAD_STEP === 0 && headWidth <= WIDEST_HEAD;
}

/**
 * Sequences back to back, without padding. ONNX Runtime has an operator for it on CUDA alone
 * (com.microsoft.PackedMultiHeadAttention); for queries, keys and values in tensors of their own, and no bias, it is one launch
 * of a flash attention kernel for sequences of different lengths (Dao 2023, https://arxiv.org/abs/2307.08691).
 */
export class PackedTokens implements TokenLayout {
  readonly kind = 'packed';
  readonly integers = 'int64';
  readonly mask = '';
  readonly ids: Value;
  readonly tokenTypes: Value;
  readonly #positions: Value;
  /** int32 [batch + 1]: where each sequence begins, and where the last one ends. */
  readonly #bounds: Value;
  /** int32 [batch, longest]: which places of a rectangle hold tokens, and then, which don't. */
  readonly #offsets: Value;
  readonly #graph: GraphBuilder;
  #starts: Value | undefined;

  /**
   * Adds the inputs input_ids, positions and, if wanted, token_type_ids, int64 [tokens], cumulative_lengths and token_offsets, as
   * above.
   */
  constructor(graph: GraphBuilder, usesTokenTypes: boolean) {
    this.#graph = graph;
    this.ids = graph.input('input_ids', 'int64', ['tokens']);
    this.tokenTypes = usesTokenTypes ? graph.input('token_type_ids', 'int64', ['tokens']) : '';
    this.#positions = graph.input('positions', 'int64', ['tokens']);
    this.#bounds = graph.input('cumulative_lengths', 'int32', ['bounds']);
    this.#offsets = graph.input('token_offsets', 'int32', ['batch', 'longest']);
  }

  positions(): Value {
    return this.#positions;
  }

  /** Counts along all sequences, less what was counted before the token's own one. */
  countAlong(marks: Value): Value {
    const graph = this.#graph;
    const axis = graph.scalar('int64', 0);
    const upTo = graph.node('CumSum', [marks, axis]);
    const before = graph.node('Sub', [upTo, marks]);
    const every = graph.node('Range', [axis, graph.node('Shape', [this.ids]), graph.scalar('int64', 1)]);
    const start = graph.node('Sub', [every, this.#positions]);
    return graph.node('Sub', [upTo, graph.node('Gather', [before, start])]);
  }

  firstRow(x: Value): Value {
    const graph = this.#graph;
    this.#starts ??= graph.node('Slice', [
      this.#bounds,
      graph.integers(0),
      graph.integers(-1),
      graph.integers(0),
    ]);
    return graph.node('Gather', [x, this.#starts]);
  }

  forHead(firstRows: Value): Value {
    return this.#graph.node('Unsqueeze', [firstRows, this.#graph.integers(1)]);
  }

  attention({ query, key, value, heads, bias, scale }: Attention): Value {
    if (bias !== undefined) throw new Error('packed attention knows no bias on its scores');
    return this.#graph.node(
      'PackedMultiHeadAttention',
      [query, key, value, '', this.#offsets, this.#bounds],
      {
        domain: 'com.microsoft',
        attributes: {
          num_heads: { int: heads },
          ...(scale === undefined ? {} : { scale: { float: scale } }),
        },
      },
    );
  }
}
