import { elementTypeCode } from '../onnx/element-type.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';
import { type Linear, nameInGraph, type Products } from './product.ts';

export type FloatType = 'float32' | 'float16';

/** @see FloatProducts */
export interface FloatProductsOptions {
  readonly stored: FloatType;
  readonly computed?: FloatType;
  readonly turns?: boolean;
}

/** Products of floating point numbers; the matrices come as PyTorch has them, [out, in], straight out of the checkpoint. */
export class FloatProducts implements Products {
  readonly #graph: GraphBuilder;
  readonly #plan: WeightPlan;
  readonly #stored: FloatType;
  readonly #computed: FloatType;
  readonly #turns: boolean;

  /**
   * @param stored type of the matrices on disk
   * @param computed type of inputs, products and results
   * @param turns the matrices, for devices without a kernel that takes them as they are
   */
  constructor(
    graph: GraphBuilder,
    plan: WeightPlan,
    { stored, computed = stored, turns = false }: FloatProductsOptions,
  ) {
    this.#graph = graph;
    this.#plan = plan;
    this.#stored = stored;
    this.#computed = computed;
    this.#turns = turns;
  }

  linear(x: Value, layer: Linear): Value {
    const product = this.#turns ? this.#multiplyTurned(x, layer) : this.#multiply(x, layer);
    if (layer.bias === undefined) return product;
    return this.#graph.node('Add', [product, this.#weight(layer.bias, [layer.out], layer)]);
  }

  linears(x: Value, layers: readonly Linear[]): Value[] {
    return layers.map((layer) => this.linear(x, layer));
  }

  #multiply(x: Value, layer: Linear): Value {
    const weight = this.#weight(layer.weight, [layer.out, layer.in], layer);
    return this.#graph.node('FusedMatMul', [x, weight], {
      domain: 'com.microsoft',
      attributes: { transB: { int: 1 } },
    });
  }

  #multiplyTurned(x: Value, layer: Linear): Value {
    const { weight, in: width, out, part } = layer;
    const turned = this.#plan.turned(this.#computed, weight, [out, width], part);
    return this.#graph.node('MatMul', [x, this.#graph.initializer(nameInGraph(weight, layer), turned)]);
  }

  #weight(tensor: string, shape: readonly number[], layer: Linear): Value {
    const weight = this.#plan.as(this.#stored, tensor, shape, layer.part);
    const value = this.#graph.initializer(nameInGraph(tensor, layer), weight);
    if (this.#stored === this.#computed) return value;
    return this.#graph.node('Cast', [value], {
      attributes: { to: { int: elementTypeCode[this.#computed] } },
    });
  }
}
