import { elementTypeCode } from '../../../src/graph/onnx/element-type.ts';
import { WireWriter } from '../../../src/graph/onnx/wire.ts';
import { outputLogits, pairModel } from '../../../test/support/test-models.ts';

/** AttributeProto.AttributeType.GRAPH */
const GRAPH = 5;

/**
 * A model whose first run never ends: a Loop without a limit and without a condition, over a body that hands on what it gets.
 *
 * The builder knows no attributes that are graphs. A protobuf message may come in parts, which readers merge: the part with the
 * Loop is put in front of the rest.
 */
export function endlessLoop(): Uint8Array {
  const rest = pairModel(({ graph, ops, score }) => {
    const looped = ops.cast('looped', 'float32');
    outputLogits(graph, ops.add(score, ops.multiply(ops.sum(looped, 1, true), 0)));
  });
  const loop = new WireWriter().message(7, (graph) =>
    graph.message(1, (node) => {
      node
        .string(1, '')
        .string(1, '')
        .string(1, 'input_ids')
        .string(2, 'looped')
        .string(3, 'loop')
        .string(4, 'Loop');
      node.message(5, (attribute) => {
        attribute.string(1, 'body').message(6, writeBody).integer(20, GRAPH);
      });
    }),
  );
  return Buffer.concat([loop.finish(), rest]);
}

function writeBody(body: WireWriter): void {
  for (const name of ['condition', 'state']) {
    body.message(1, (node) => node.string(1, name).string(2, `${name}_next`).string(4, 'Identity'));
  }
  body.string(2, 'body');
  writeValue(body, 11, 'turn', 'int64', true);
  writeValue(body, 11, 'condition', 'bool', true);
  writeValue(body, 11, 'state', 'int64', false);
  writeValue(body, 12, 'condition_next', 'bool', true);
  writeValue(body, 12, 'state_next', 'int64', false);
}

/** ValueInfoProto; without a shape it may have any. */
function writeValue(
  body: WireWriter,
  field: 11 | 12,
  name: string,
  type: 'int64' | 'bool',
  isScalar: boolean,
): void {
  body.message(field, (value) =>
    value.string(1, name).message(2, (typeProto) =>
      typeProto.message(1, (tensorType) => {
        tensorType.integer(1, elementTypeCode[type]);
        if (isScalar) tensorType.message(2, () => {});
      }),
    ),
  );
}
