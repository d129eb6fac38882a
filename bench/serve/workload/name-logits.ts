import { encodeModel } from '../../../src/graph/onnx/encode.ts';
import { readFields } from '../../../src/graph/onnx/wire-reader.ts';

/** Fields of onnx.proto3 on the way to the name of an output. */
const MODEL_GRAPH = 7;
const GRAPH_OUTPUT = 12;
const VALUE_INFO_NAME = 1;

/**
 * Gives the first output of an encoded model the name under which transformers.js looks for it. Protocol Buffers merge two
 * encodings that follow each other: what is appended adds a node and an output.
 */
export function withNamedLogits(model: Uint8Array): Uint8Array {
  const output = nested(nested(nested(model, MODEL_GRAPH), GRAPH_OUTPUT), VALUE_INFO_NAME);
  const addition = encodeModel({
    irVersion: 10,
    producer: 'bench',
    opsets: {},
    graph: {
      name: 'plain',
      inputs: [],
      initializers: new Map(),
      nodes: [
        {
          name: 'logits',
          operator: 'Identity',
          domain: '',
          inputs: [new TextDecoder().decode(output)],
          outputs: ['logits'],
          attributes: {},
        },
      ],
      outputs: [{ name: 'logits', type: 'float32', dims: ['batch', 1] }],
    },
  });
  return Buffer.concat([model, addition]);
}

function nested(message: Uint8Array, field: number): Uint8Array {
  for (const found of readFields(message)) {
    if (found.field === field && 'bytes' in found) return found.bytes;
  }
  throw new RangeError(`the model has no field ${field} where an output's name should be`);
}
