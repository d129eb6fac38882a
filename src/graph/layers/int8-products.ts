import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { type ChannelWidths, channelWidths, inverseWidths } from '../weights/channel-widths.ts';
import { quantized } from '../weights/quantized.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';
import type { KnownRanges } from './known-ranges.ts';
import { type Linear, nameInGraph, type Products } from './product.ts';
import { quantizeRows } from './quantize-rows.ts';

/** An input as integers, and what turns products of it back: product × step, row by row if there are row steps. */
interface QuantizedInput {
  readonly values: Value;
  readonly step: Value;
  readonly zero: Value;
  /** What its channels were divided by, [in]. */
  readonly widths?: Float32Array;
}

/**
 * Products of int8 weights, one scale a channel, with activations that are quantized to uint8 as they come.
 *
 * Activations are the harder half: a few channels of a layer norm's output are ten times as wide as the others, and after the
 * activation function, rows differ. What is known of an input's range is used for either (docs/int8.md has the figures).
 */
export class Int8Products implements Products {
  readonly #graph: GraphBuilder;
  readonly #plan: WeightPlan;
  readonly #ranges: KnownRanges;
  readonly #bits: 7 | 8;
  readonly #widths: ChannelWidths;
  readonly #inverseWidths = new Map<string, Value>();

  constructor(
    graph: GraphBuilder,
    plan: WeightPlan,
    ranges: KnownRanges,
    { bits, widths }: { readonly bits: 7 | 8; readonly widths: ChannelWidths },
  ) {
    this.#graph = graph;
    this.#plan = plan;
    this.#ranges = ranges;
    this.#bits = bits;
    this.#widths = widths;
  }

  linear(x: Value, layer: Linear): Value {
    const range = this.#ranges.of(x);
    if (range?.kind === 'atLeast') return this.#rowByRow(x, layer, range.lowest);
    const [product] = this.linears(x, [layer]);
    return product as Value;
  }

  /** The input is quantized once for all of them. */
  linears(x: Value, layers: readonly Linear[]): Value[] {
    const input = this.#quantize(x);
    return layers.map((layer) => this.#multiply(input, layer, this.#bias(layer)));
  }

  /** The whole of x by one range, which a layer norm's channels are made to share. */
  #quantize(x: Value): QuantizedInput {
    const range = this.#ranges.of(x);
    if (range?.kind !== 'normalized') return this.#quantizeEven(x);
    const widths = channelWidths(this.#widths, range.norm);
    const even = this.#graph.node('Mul', [x, this.#inverse(range.norm, widths)]);
    return { ...this.#quantizeEven(even), widths };
  }

  #quantizeEven(x: Value): QuantizedInput {
    const [values = '', step = '', zero = ''] = this.#graph.nodeWithOutputs('DynamicQuantizeLinear', [x], 3);
    return { values, step, zero };
  }

  /** Every row by a range of its own. */
  #rowByRow(x: Value, layer: Linear, lowest: number): Value {
    const { values, steps, zero, shapeFor } = quantizeRows(this.#graph, x, lowest);
    const product = this.#multiply(
      { values, zero, step: this.#graph.scalar('float32', 1) },
      layer,
      undefined,
    );
    const scaled = this.#graph.node('Mul', [product, steps]);
    const bias = this.#bias(layer);
    const shifted = bias === undefined ? scaled : this.#graph.node('Add', [scaled, bias]);
    return this.#graph.node('Reshape', [shifted, shapeFor(layer.out)]);
  }

  #multiply({ values, step, zero, widths }: QuantizedInput, layer: Linear, bias: Value | undefined): Value {
    const name = nameInGraph(layer.weight, layer);
    const stored = this.#plan.find(layer.weight, [layer.out, layer.in], layer.part);
    const matrix = quantized(stored, this.#bits, widths);
    const weight = this.#graph.initializer(
      name,
      this.#plan.write('int8', [layer.in, layer.out], matrix.values),
    );
    const scale = this.#graph.initializer(
      `${name}.scale`,
      this.#plan.write('float32', [layer.out], matrix.scales),
    );
    const inputs = [values, weight, step, scale, zero, ...(bias === undefined ? [] : ['', bias])];
    return this.#graph.node('MatMulIntegerToFloat', inputs, { domain: 'com.microsoft' });
  }

  #bias(layer: Linear): Value | undefined {
    const { bias, out, part } = layer;
    if (bias === undefined) return undefined;
    return this.#graph.initializer(nameInGraph(bias, layer), this.#plan.as('float32', bias, [out], part));
  }

  #inverse(norm: string, widths: Float32Array): Value {
    const known = this.#inverseWidths.get(norm);
    if (known !== undefined) return known;
    const tensor = this.#plan.write('float32', [widths.length], inverseWidths(widths, norm));
    const value = this.#graph.initializer(`${norm}.inverse_widths`, tensor);
    this.#inverseWidths.set(norm, value);
    return value;
  }
}
