import { elementTypeCode } from '../onnx/element-type.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';
import { type Activation, activate, activateWithBias, LOWEST } from './activation.ts';
import { FloatProducts, type FloatType } from './float-products.ts';
import type { KnownRanges } from './known-ranges.ts';
import { type Linear, type Products, withoutBias } from './product.ts';
import type { Attention, TokenLayout } from './token-layout.ts';

/** A layer normalization with the weights `scope.weight` and `scope.bias`. */
export interface Norm {
  readonly scope: string;
  readonly hidden: number;
  readonly epsilon: number;
}

export interface LayerOptions {
  readonly graph: GraphBuilder;
  readonly plan: WeightPlan;
  readonly products: Products;
  readonly ranges: KnownRanges;
  /** Of hidden states, which `products` take and give. */
  readonly type: FloatType;
  readonly tokens: TokenLayout;
  /** Writes operators that do several steps in one pass over memory: on a GPU, steps between products wait for memory alone. */
  readonly fuses: boolean;
  /** @see FloatProducts */
  readonly turns: boolean;
}

/** Writes the layers of encoders into a graph. Hidden states are […tokens, hidden], all in one type. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly plan: WeightPlan;
  readonly tokens: TokenLayout;
  /** @see LayerOptions.fuses */
  readonly fuses: boolean;
  readonly #products: Products;
  readonly #ranges: KnownRanges;
  readonly #type: FloatType;
  /** Few rows and much depends on them: heads are never quantized. */
  readonly #precise: Products;

  constructor({ graph, plan, products, ranges, type, tokens, fuses, turns }: LayerOptions) {
    this.graph = graph;
    this.plan = plan;
    this.tokens = tokens;
    this.#products = products;
    this.#ranges = ranges;
    this.#type = type;
    this.fuses = fuses;
    this.#precise = new FloatProducts(graph, plan, { stored: 'float32', turns });
  }

  /**
   * Rows of an embedding table [rows, hidden]. On a CPU the table stays as it is stored, to be mapped; a GPU gets a copy anyway, in
   * the type of hidden states.
   * @param ids int64, any shape @returns [...ids, hidden]
   */
  embed(table: string, rows: number, hidden: number, ids: Value): Value {
    const shape = [rows, hidden];
    const weight =
      this.fuses || this.#type === 'float16'
        ? this.plan.as(this.#type, table, shape)
        : this.plan.asStored(table, shape);
    const found = this.graph.node('Gather', [this.graph.initializer(table, weight), ids]);
    return weight.type === this.#type ? found : this.#cast(found, this.#type);
  }

  linear(x: Value, layer: Linear): Value {
    return this.#products.linear(x, layer);
  }

  linears(x: Value, layers: readonly Linear[]): Value[] {
    return this.#products.linears(x, layers);
  }

  /** A product in single precision, whatever hidden states are in. @param x float32 @returns float32 */
  preciseLinear(x: Value, layer: Linear): Value {
    return this.#precise.linear(x, layer);
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
    return this.#noteLowest(activate(this.graph, x, activation), activation);
  }

  /** A layer and the activation behind it. */
  activatedLinear(x: Value, layer: Linear, activation: Activation): Value {
    if (!this.fuses || layer.bias === undefined) return this.activate(this.linear(x, layer), activation);
    const product = this.linear(x, withoutBias(layer));
    return activateWithBias(this.graph, product, this.#vector(layer.bias, layer.out), activation);
  }

  /** Layer normalization over the last axis. */
  norm(x: Value, norm: Norm, hasBias = true): Value {
    const { scale, shift } = this.#namesOf(norm);
    const weights = hasBias ? [scale, shift] : [scale];
    const inputs = [x, ...weights.map((name) => this.#vector(name, norm.hidden))];
    const attributes = { epsilon: { float: norm.epsilon } };
    const normalized = this.graph.node('LayerNormalization', inputs, { attributes });
    return this.#noteNorm(normalized, scale, norm.hidden);
  }

  /**
   * A layer, the residual and the normalization of their sum.
   * @param missing name of a constant [layer.in] that every row of x lacks, to be added before the product
   */
  normalizedSum(x: Value, layer: Linear, residual: Value, norm: Norm, missing?: string): Value {
    const { bias } = layer;
    if (!this.fuses || bias === undefined) {
      const whole = missing === undefined ? x : this.graph.node('Add', [x, this.#vector(missing, layer.in)]);
      return this.norm(this.graph.node('Add', [this.linear(whole, layer), residual]), norm);
    }
    const { scale, shift } = this.#namesOf(norm);
    const shifts =
      missing === undefined
        ? this.#vector(bias, layer.out)
        : this.graph.initializer(bias, this.plan.folded(this.#type, { ...layer, bias, constant: missing }));
    const inputs = [
      this.linear(x, withoutBias(layer)),
      residual,
      this.#vector(scale, norm.hidden),
      this.#vector(shift, norm.hidden),
      shifts,
    ];
    const normalized = this.graph.node('SkipLayerNormalization', inputs, {
      domain: 'com.microsoft',
      attributes: { epsilon: { float: norm.epsilon } },
    });
    return this.#noteNorm(normalized, scale, norm.hidden);
  }

  attention(attention: Attention): Value {
    return this.tokens.attention(attention);
  }

  /** The first row of every sequence. @see TokenLayout.firstRow */
  firstRow(x: Value): Value {
    return this.#ranges.inherit(this.tokens.firstRow(x), x);
  }

  /** Checkpoints from before 2019 still carry TensorFlow's names. */
  #namesOf({ scope }: Norm): { scale: string; shift: string } {
    const isOld = this.plan.has(`${scope}.gamma`);
    return { scale: `${scope}.${isOld ? 'gamma' : 'weight'}`, shift: `${scope}.${isOld ? 'beta' : 'bias'}` };
  }

  #noteNorm(normalized: Value, norm: string, hidden: number): Value {
    return this.#ranges.note(normalized, { kind: 'normalized', norm, whole: normalized, hidden });
  }

  #noteLowest(activated: Value, activation: Activation): Value {
    const lowest = LOWEST[activation];
    return lowest === undefined ? activated : this.#ranges.note(activated, { kind: 'atLeast', lowest });
  }

  #vector(name: string, size: number): Value {
    return this.graph.initializer(name, this.plan.as(this.#type, name, [size]));
  }

  #cast(x: Value, type: FloatType): Value {
    return this.graph.node('Cast', [x], { attributes: { to: { int: elementTypeCode[type] } } });
  }
}
