import type { Value } from '../../../src/graph/onnx/graph-builder.ts';
import { tensor } from '../../../src/graph/onnx/tensor.ts';
import { outputLogits, type PairGraph, pairModel } from '../../../test/support/test-models.ts';

/** Products of so many columns are the work of these models. */
const WIDTH = 128;

/** How often every token goes through a product in the model that serves: enough to be seen beside everything else. */
export const USUAL_WORK = 10;

/**
 * A small model that works for its scores, so that another one can be slower.
 * @param work products that every token goes through
 * @param change makes the logits out of the scores of the model that serves
 */
export function workingGraph(
  work = USUAL_WORK,
  change: (pair: PairGraph) => Value = ({ score }) => score,
): Uint8Array {
  return pairModel((pair) => {
    const { graph, ops, ids } = pair;
    const row = graph.initializer('row', filled([1, WIDTH], 1 / WIDTH));
    const weights = graph.initializer('weights', filled([WIDTH, WIDTH], 1 / WIDTH));
    let state = graph.node('MatMul', [ops.unsqueeze(ops.cast(ids, 'float32'), 2), row]);
    for (let layer = 0; layer < work; layer++) state = graph.node('MatMul', [state, weights]);
    const nothing = ops.multiply(ops.highest(ops.highest(state, 2), 1, true), 0);
    outputLogits(graph, ops.add(change(pair), nothing));
  });
}

function filled(dims: readonly [number, number], value: number) {
  return tensor(
    'float32',
    dims,
    Array.from({ length: dims[0] * dims[1] }, () => value),
  );
}
