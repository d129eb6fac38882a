import type { Model } from '../onnx/model.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';

/**
 * The model with each embedding table cut to its first row. Kernels don't pack tables, and ONNX Runtime would copy all of
 * them, up to a gigabyte, into the file that it saves.
 */
export function withoutTables(model: Model): Model {
  const { graph } = model;
  const asTable = new Set(
    graph.nodes.flatMap(({ operator, inputs }) => (operator === 'Gather' ? inputs.slice(0, 1) : [])),
  );
  const otherwise = new Set(
    graph.nodes.flatMap(({ operator, inputs }) => (operator === 'Gather' ? inputs.slice(1) : inputs)),
  );
  const initializers = [...graph.initializers].map(([name, value]): [string, Tensor] => {
    const isTable = asTable.has(name) && !otherwise.has(name) && value.dims.length === 2;
    return [name, isTable ? firstRow(value) : value];
  });
  return { ...model, graph: { ...graph, initializers: new Map(initializers) } };
}

function firstRow({ type, dims }: Tensor): Tensor {
  const width = dims[1] ?? 0;
  return tensor(type, [1, width], new Uint8Array(width));
}
