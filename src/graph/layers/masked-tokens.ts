import { elementTypeCode } from '../onnx/element-type.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { FloatType } from './float-products.ts';
import { Rectangle } from './rectangle.ts';
import type { Attention } from './token-layout.ts';

/** Added to a score it leaves nothing of it behind a softmax, also on top of another such bias. */
const UNSEEN = 1e9;

/** [batch, rows, heads, width] to [batch, heads, rows, width], and back. */
const BY_HEAD = [0, 2, 1, 3];
/** [batch, rows, heads, width] to [batch, heads, width, rows]. */
const BY_HEAD_TURNED = [0, 2, 3, 1];

/**
 * Sequences in the rows of a rectangle, for ONNX Runtime's WebGPU provider: it has kernels for int32 but hardly one for int64.
 *
 * Attention is written step by step. The provider's own (com.microsoft.MultiHeadAttention, 1.30) gives other results than the CPU
 * from 33 tokens on where a driver's subgroups are small; it takes no lengths either. The softmax is in single precision.
 */
export class MaskedTokens extends Rectangle {
  readonly #type: FloatType;
  /** What hides padding, float32 [batch, 1, 1, sequence]. */
  #hiding: Value | undefined;

  /**
   * Adds the inputs input_ids, attention_mask and, if wanted, token_type_ids, all int32 [batch, sequence].
   * @param type of hidden states
   */
  constructor(graph: GraphBuilder, usesTokenTypes: boolean, type: FloatType) {
    super(graph, usesTokenTypes, 'int32');
    this.#type = type;
  }

  /** Of padding, that of the last token. */
  positions(): Value {
    return this.graph.node('Sub', [this.countAlong(this.mask), this.graph.scalar('int32', 1)]);
  }

  attention({
    query,
    key,
    value,
    heads,
    headWidth,
    bias,
    scale = 1 / Math.sqrt(headWidth),
  }: Attention): Value {
    const { graph } = this;
    const scaled = graph.node('Mul', [query, this.#toHidden(graph.scalar('float32', scale))]);
    const scores = graph.node('MatMul', [
      this.#byHead(scaled, heads, BY_HEAD),
      this.#byHead(key, heads, BY_HEAD_TURNED),
    ]);
    const biased = bias === undefined ? scores : graph.node('Add', [scores, bias]);
    const seen = graph.node('Add', [this.#cast(biased, 'float32'), this.#hide()]);
    const weights = this.#toHidden(graph.node('Softmax', [seen], { attributes: { axis: { int: -1 } } }));
    const sums = graph.node('MatMul', [weights, this.#byHead(value, heads, BY_HEAD)]);
    return graph.node('Reshape', [this.#transpose(sums, BY_HEAD), graph.integers(0, 0, -1)]);
  }

  #byHead(x: Value, heads: number, order: readonly number[]): Value {
    const { graph } = this;
    return this.#transpose(graph.node('Reshape', [x, graph.integers(0, 0, heads, -1)]), order);
  }

  #transpose(x: Value, order: readonly number[]): Value {
    return this.graph.node('Transpose', [x], { attributes: { perm: { ints: order } } });
  }

  #hide(): Value {
    const { graph } = this;
    if (this.#hiding !== undefined) return this.#hiding;
    const isToken = graph.node('Cast', [this.mask], { attributes: { to: { int: elementTypeCode.float32 } } });
    const below = graph.node('Sub', [isToken, graph.scalar('float32', 1)]);
    const unseen = graph.node('Mul', [below, graph.scalar('float32', UNSEEN)]);
    this.#hiding = graph.node('Unsqueeze', [unseen, graph.integers(1, 2)]);
    return this.#hiding;
  }

  /** Of float32. */
  #toHidden(x: Value): Value {
    return this.#cast(x, this.#type, 'float32');
  }

  /** @param from type of x */
  #cast(x: Value, to: FloatType, from: FloatType = this.#type): Value {
    if (from === to) return x;
    return this.graph.node('Cast', [x], { attributes: { to: { int: elementTypeCode[to] } } });
  }
}
