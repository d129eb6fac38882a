import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { quantized } from '../weights/quantized.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';
import { type Linear, nameInGraph, type Products } from './product.ts';

/** Products of int8 weights, one scale a channel, with activations that are quantized to uint8 as they come. */
export class Int8Products implements Products {
  readonly #graph: GraphBuilder;
  readonly #plan: WeightPlan;
  readonly #bits: 7 | 8;

  /** @param bits of the weights: 7 where the processor adds pairs of products in 16 bits, which 8 could overflow. */
  constructor(graph: GraphBuilder, plan: WeightPlan, bits: 7 | 8) {
    this.#graph = graph;
    this.#plan = plan;
    this.#bits = bits;
  }

  linear(x: Value, layer: Linear): Value {
    const { weight, scale, shift } = this.#weights(layer);
    const inputs = [x, weight, scale, ...(shift === undefined ? [] : ['', shift])];
    return this.#graph.node('DynamicQuantizeMatMul', inputs, { domain: 'com.microsoft' });
  }

  /** The input is quantized once for all of them. */
  linears(x: Value, layers: readonly Linear[]): Value[] {
    const [values = '', step = '', zero = ''] = this.#graph.nodeWithOutputs('DynamicQuantizeLinear', [x], 3);
    return layers.map((layer) => {
      const { weight, scale, shift } = this.#weights(layer);
      const inputs = [values, weight, step, scale, zero, ...(shift === undefined ? [] : ['', shift])];
      return this.#graph.node('MatMulIntegerToFloat', inputs, { domain: 'com.microsoft' });
    });
  }

  #weights(layer: Linear): { weight: Value; scale: Value; shift: Value | undefined } {
    const { weight, bias, out, part } = layer;
    const name = nameInGraph(weight, layer);
    const { values, scales } = quantized([this.#plan.find(weight, [out, layer.in], part)], this.#bits);
    return {
      weight: this.#graph.initializer(name, this.#plan.write('int8', [layer.in, out], values)),
      scale: this.#graph.initializer(`${name}.scale`, this.#plan.write('float32', [out], scales)),
      shift:
        bias === undefined
          ? undefined
          : this.#graph.initializer(nameInGraph(bias, layer), this.#plan.as('float32', bias, [out], part)),
    };
  }
}
