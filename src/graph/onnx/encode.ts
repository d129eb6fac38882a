import { elementTypeCode } from './element-type.ts';
import type { Attribute, Graph, Model, Node, ValueInfo } from './model.ts';
import type { Tensor } from './tensor.ts';
import { WireWriter } from './wire.ts';

/**
 * The bytes of an ONNX model file. Equal models give equal bytes.
 *
 * Message layouts and field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
export function encodeModel(model: Model): Uint8Array {
  const writer = new WireWriter()
    .integer(1, model.irVersion)
    .string(2, model.producer)
    .message(7, (graph) => writeGraph(graph, model.graph));
  for (const [domain, version] of Object.entries(model.opsets)) {
    writer.message(8, (opset) => opset.string(1, domain).integer(2, version));
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) writeEntry(writer, 14, key, value);
  return writer.finish();
}

function writeGraph(writer: WireWriter, graph: Graph): void {
  for (const node of graph.nodes) writer.message(1, (nested) => writeNode(nested, node));
  writer.string(2, graph.name);
  for (const [name, tensor] of graph.initializers) {
    writer.message(5, (nested) => writeTensor(nested, name, tensor));
  }
  for (const input of graph.inputs) writer.message(11, (nested) => writeValueInfo(nested, input));
  for (const output of graph.outputs) writer.message(12, (nested) => writeValueInfo(nested, output));
}

function writeNode(writer: WireWriter, node: Node): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name).string(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (nested) => writeAttribute(nested, name, attribute));
  }
  if (node.domain !== '') writer.string(7, node.domain);
}

/** Codes of AttributeProto.AttributeType, by the key that holds the value. */
const attributeTypeCode = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

function writeAttribute(writer: WireWriter, name: string, attribute: Attribute): void {
  writer.string(1, name);
  if ('float' in attribute) writer.float(2, attribute.float).integer(20, attributeTypeCode.float);
  else if ('int' in attribute) writer.integer(3, attribute.int).integer(20, attributeTypeCode.int);
  else if ('string' in attribute) writer.string(4, attribute.string).integer(20, attributeTypeCode.string);
  else if ('floats' in attribute)
    writer.packedFloats(7, attribute.floats).integer(20, attributeTypeCode.floats);
  else if ('ints' in attribute) writer.packedIntegers(8, attribute.ints).integer(20, attributeTypeCode.ints);
  else {
    writer.message(5, (nested) => writeTensor(nested, '', attribute.tensor));
    writer.integer(20, attributeTypeCode.tensor);
  }
}

/** TensorProto.DataLocation.EXTERNAL */
const EXTERNAL = 1;

function writeTensor(writer: WireWriter, name: string, { type, dims, data }: Tensor): void {
  writer.packedIntegers(1, dims).integer(2, elementTypeCode[type]).string(8, name);
  if (data instanceof Uint8Array) {
    writer.bytes(9, data);
    return;
  }
  writeEntry(writer, 13, 'location', data.location);
  writeEntry(writer, 13, 'offset', String(data.offset));
  writeEntry(writer, 13, 'length', String(data.length));
  for (const [index, entry] of (data.prepacked ?? []).entries())
    writeEntry(writer, 13, `prepacked_${index}`, entry);
  writer.integer(14, EXTERNAL);
}

function writeValueInfo(writer: WireWriter, { name, type, dims }: ValueInfo): void {
  writer.string(1, name).message(2, (typeProto) => {
    typeProto.message(1, (tensorType) => {
      tensorType.integer(1, elementTypeCode[type]).message(2, (shape) => {
        for (const dim of dims) {
          shape.message(1, (dimension) =>
            typeof dim === 'string' ? dimension.string(2, dim) : dimension.integer(1, dim),
          );
        }
      });
    });
  });
}

/** StringStringEntryProto */
function writeEntry(writer: WireWriter, field: number, key: string, value: string): void {
  writer.message(field, (entry) => entry.string(1, key).string(2, value));
}
