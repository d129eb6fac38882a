import { elementTypeCode } from '../onnx/element-type.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';
import { type Activation, activate, LOWEST } from './activation.ts';
import { FloatProducts, type FloatType } from './float-products.ts';
import type { KnownRanges } from './known-ranges.ts';
import type { Linear, Products } from './product.ts';

export interface Attention {
  /** [batch, rows, hidden]; `rows` may be fewer than those of key and value. */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly heads: number;
  /** int64 [batch]: how many tokens of each sequence are no padding. */
  readonly lengths: Value;
  /** Added to the scores before the softmax, [1 or batch, 1 or heads, rows, sequence]. */
  readonly bias?: Value | undefined;
  /** What the scores are multiplied with; 1 / sqrt(width of a head) when left out. */
  readonly scale?: number | undefined;
}

/** Writes the layers of encoders into a graph. Hidden states are [batch, sequence, hidden], all in one type. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly plan: WeightPlan;
  readonly #products: Products;
  readonly #ranges: KnownRanges;
  readonly #type: FloatType;
  /** Few rows and much depends on them: heads are never quantized. */
  readonly #precise: Products;

  /** @param type of hidden states, which `products` take and give */
  constructor(
    graph: GraphBuilder,
    plan: WeightPlan,
    products: Products,
    ranges: KnownRanges,
    type: FloatType,
  ) {
    this.graph = graph;
    this.plan = plan;
    this.#products = products;
    this.#ranges = ranges;
    this.#type = type;
    this.#precise = new FloatProducts(graph, plan, 'float32');
  }

  /** Rows of an embedding table [rows, hidden]. @param ids int64, any shape @returns [...ids, hidden] */
  embed(table: string, rows: number, hidden: number, ids: Value): Value {
    const weight = this.plan.asStored(table, [rows, hidden]);
    const found = this.graph.node('Gather', [this.graph.initializer(table, weight), ids]);
    return weight.type === this.#type ? found : this.#cast(found, this.#type);
  }

  linear(x: Value, layer: Linear): Value {
    return this.#products.linear(x, layer);
  }

  linears(x: Value, layers: readonly Linear[]): Value[] {
    return this.#products.linears(x, layers);
  }

  /** A product in single precision, whatever the others are in. @returns hidden states again */
  preciseLinear(x: Value, layer: Linear): Value {
    return this.toHidden(this.#precise.linear(this.toFloat32(x), layer));
  }

  /** Float32 values, such as constants, in the type of hidden states. */
  toHidden(x: Value): Value {
    return this.#type === 'float32' ? x : this.#cast(x, this.#type);
  }

  /** Hidden states in single precision. */
  toFloat32(x: Value): Value {
    return this.#type === 'float32' ? x : this.#cast(x, 'float32');
  }

  activate(x: Value, activation: Activation): Value {
    const activated = activate(this.graph, x, activation);
    const lowest = LOWEST[activation];
    return lowest === undefined ? activated : this.#ranges.note(activated, { kind: 'atLeast', lowest });
  }

  /** Layer normalization over the last axis, with the weights `scope.weight` and `scope.bias`. */
  norm(x: Value, scope: string, hidden: number, epsilon: number, hasBias = true): Value {
    // Checkpoints from before 2019 still carry TensorFlow's names.
    const isOld = this.plan.has(`${scope}.gamma`);
    const scale = `${scope}.${isOld ? 'gamma' : 'weight'}`;
    const shift = hasBias ? `${scope}.${isOld ? 'beta' : 'bias'}` : undefined;
    const weights = [scale, ...(shift === undefined ? [] : [shift])];
    const inputs = [x, ...weights.map((name) => this.#vector(name, hidden))];
    const attributes = { epsilon: { float: epsilon } };
    const normalized = this.graph.node('LayerNormalization', inputs, { attributes });
    return this.#ranges.note(normalized, { kind: 'normalized', norm: scale, whole: normalized, hidden });
  }

  /** Normalizes x + residual. */
  addAndNorm(x: Value, residual: Value, scope: string, hidden: number, epsilon: number): Value {
    return this.norm(this.graph.node('Add', [x, residual]), scope, hidden, epsilon);
  }

  /**
   * Scaled dot-product attention over several heads; padding, at the end of a sequence, is not seen.
   * @returns [batch, rows, hidden]
   */
  attention({ query, key, value, heads, lengths, bias, scale }: Attention): Value {
    return this.graph.node('Attention', [query, key, value, bias ?? '', '', '', lengths], {
      attributes: {
        q_num_heads: { int: heads },
        kv_num_heads: { int: heads },
        ...(scale === undefined ? {} : { scale: { float: scale } }),
      },
    });
  }

  /** The first row of every sequence: [batch, sequence, hidden] → [batch, 1, hidden]. */
  firstRow(x: Value): Value {
    const { graph } = this;
    const row = graph.node('Slice', [x, graph.integers(0), graph.integers(1), graph.integers(1)]);
    return this.#ranges.inherit(row, x);
  }

  #vector(name: string, size: number): Value {
    return this.graph.initializer(name, this.plan.as(this.#type, name, [size]));
  }

  #cast(x: Value, type: FloatType): Value {
    return this.graph.node('Cast', [x], { attributes: { to: { int: elementTypeCode[type] } } });
  }
}
