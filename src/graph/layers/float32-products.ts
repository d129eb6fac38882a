import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { WeightPlan } from '../weights/weight-plan.ts';
import { type Linear, nameInGraph, type Products } from './product.ts';

/** Products in single precision; the matrices come as PyTorch has them, [out, in], straight out of the checkpoint. */
export class Float32Products implements Products {
  readonly #graph: GraphBuilder;
  readonly #plan: WeightPlan;

  constructor(graph: GraphBuilder, plan: WeightPlan) {
    this.#graph = graph;
    this.#plan = plan;
  }

  linear(x: Value, layer: Linear): Value {
    const product = this.#graph.node(
      'FusedMatMul',
      [x, this.#weight(layer.weight, [layer.out, layer.in], layer)],
      {
        domain: 'com.microsoft',
        attributes: { transB: { int: 1 } },
      },
    );
    if (layer.bias === undefined) return product;
    return this.#graph.node('Add', [product, this.#weight(layer.bias, [layer.out], layer)]);
  }

  #weight(tensor: string, shape: readonly number[], layer: Linear): Value {
    return this.#graph.initializer(
      nameInGraph(tensor, layer),
      this.#plan.as('float32', tensor, shape, layer.part),
    );
  }

  linears(x: Value, layers: readonly Linear[]): Value[] {
    return layers.map((layer) => this.linear(x, layer));
  }
}
