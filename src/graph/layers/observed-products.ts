import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { KnownRange, KnownRanges } from './known-ranges.ts';
import type { Linear, Products } from './product.ts';

/** A layer norm whose output is multiplied with weights. */
export interface ObservedNorm {
  /** Name of its scale. */
  readonly name: string;
  readonly hidden: number;
}

type Normalized = KnownRange & { readonly kind: 'normalized' };

/** Products as others make them, which also remember the layer norms whose outputs they multiply. */
export class ObservedProducts implements Products {
  readonly #products: Products;
  readonly #ranges: KnownRanges;
  readonly #norms = new Map<string, Normalized>();

  constructor(products: Products, ranges: KnownRanges) {
    this.#products = products;
    this.#ranges = ranges;
  }

  linear(x: Value, layer: Linear): Value {
    this.#observe(x);
    return this.#products.linear(x, layer);
  }

  linears(x: Value, layers: readonly Linear[]): Value[] {
    this.#observe(x);
    return this.#products.linears(x, layers);
  }

  /** In the order of their widths. */
  get norms(): ObservedNorm[] {
    return [...this.#norms.values()].map(({ norm, hidden }) => ({ name: norm, hidden }));
  }

  /** Writes how far from zero each of their channels goes in a batch: float32 [sum of hidden]. */
  widths(graph: GraphBuilder): Value {
    const each = [...this.#norms.values()].map(({ whole }) => {
      const inputs = [graph.node('Abs', [whole]), graph.integers(0, 1)];
      return graph.node('ReduceMax', inputs, { attributes: { keepdims: { int: 0 } } });
    });
    return graph.node('Concat', each, { attributes: { axis: { int: 0 } }, name: 'widths' });
  }

  #observe(x: Value): void {
    const range = this.#ranges.of(x);
    if (range?.kind === 'normalized') this.#norms.set(range.norm, range);
  }
}
