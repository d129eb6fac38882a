import type { Value } from '../onnx/graph-builder.ts';
import type { Part } from '../weights/weight-plan.ts';

/** A Linear layer of a checkpoint: y = x · weightᵀ + bias. */
export interface Linear {
  /** Name of the [out, in] matrix. */
  readonly weight: string;
  /** Name of the [out] vector; left out where the layer has none. */
  readonly bias?: string;
  readonly in: number;
  readonly out: number;
  /** The layer is one of several that the checkpoint keeps stacked in one matrix, equal in size. */
  readonly part?: Part;
}

/** How matrix products with weights are written for a number format. */
export interface Products {
  /** @param x float32 […, in] @returns float32 […, out] */
  linear(x: Value, layer: Linear): Value;
  /** Several layers over the same input, in their order. */
  linears(x: Value, layers: readonly Linear[]): Value[];
}

/** Layers of equal size that the checkpoint keeps stacked, [count × out, in], as `scope.weight` and `scope.bias`. */
export function stacked(
  scope: string,
  count: number,
  inputs: number,
  outputs: number,
  hasBias: boolean,
): Linear[] {
  return Array.from({ length: count }, (_, index) => ({
    ...linear(scope, inputs, outputs, hasBias),
    part: { index, of: count },
  }));
}

/** Under which name a tensor of a layer stands in the graph. */
export function nameInGraph(tensor: string, { part }: Linear): string {
  return part === undefined ? tensor : `${tensor}.${part.index}`;
}

/** The same layer without the bias, which is added elsewhere or makes no difference. */
export function withoutBias({ weight, in: inputs, out, part }: Linear): Linear {
  return { weight, in: inputs, out, ...(part === undefined ? {} : { part }) };
}

/** The layer `scope.weight`, `scope.bias`, as PyTorch names it. */
export function linear(scope: string, inputs: number, outputs: number, hasBias = true): Linear {
  const layer = { weight: `${scope}.weight`, in: inputs, out: outputs };
  return hasBias ? { ...layer, bias: `${scope}.bias` } : layer;
}
