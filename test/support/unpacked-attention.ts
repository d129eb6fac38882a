import { type ElementType, elementTypeCode } from '../../src/graph/onnx/element-type.ts';
import type { Attributes, Model, Node } from '../../src/graph/onnx/model.ts';
import { type Tensor, tensor } from '../../src/graph/onnx/tensor.ts';

/**
 * A packed graph for devices without packed attention: each such node becomes attention over all tokens at once, of which each sees
 * those of its own sequence only. Everything else stays as it is, so that it can be checked on a CPU.
 * @param type of hidden states; attention is computed in single precision, as kernels for GPUs add up in it
 */
export function withoutPackedAttention(model: Model, type: ElementType): Model {
  const { graph } = model;
  const bounds = graph.nodes.find(isPacked)?.inputs[5];
  if (bounds === undefined) throw new Error('the graph has no packed attention');
  const nodes = graph.nodes.flatMap((node) => (isPacked(node) ? unpacked(node, type) : [node]));
  return {
    ...model,
    graph: {
      ...graph,
      initializers: new Map([...graph.initializers, ...constants()]),
      nodes: [...sameSequence(bounds), ...nodes],
    },
  };
}

function isPacked({ operator }: Node): boolean {
  return operator === 'PackedMultiHeadAttention';
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes = {},
): Node {
  return { name: output, operator, domain: '', inputs, outputs: [output], attributes };
}

function constants(): [string, Tensor][] {
  return [
    ['unpacked.0', tensor('int64', [], [0])],
    ['unpacked.1', tensor('int64', [], [1])],
    ['unpacked.[0]', tensor('int64', [1], [0])],
    ['unpacked.[1]', tensor('int64', [1], [1])],
    ['unpacked.[end]', tensor('int64', [1], [2 ** 31])],
    ['unpacked.seen', tensor('float32', [], [0])],
    ['unpacked.unseen', tensor('float32', [], [-1e9])],
  ];
}

/** A bias for the scores, [tokens, tokens]: 0 where two tokens are of the same sequence. */
function sameSequence(bounds: string): Node[] {
  return [
    node('Slice', [bounds, 'unpacked.[1]', 'unpacked.[end]', 'unpacked.[0]'], 'unpacked.ends32'),
    node('Cast', ['unpacked.ends32'], 'unpacked.ends', { to: { int: elementTypeCode.int64 } }),
    node('Shape', ['input_ids'], 'unpacked.count'),
    node('Range', ['unpacked.0', 'unpacked.count', 'unpacked.1'], 'unpacked.places'),
    node('Unsqueeze', ['unpacked.places', 'unpacked.[1]'], 'unpacked.column'),
    node('GreaterOrEqual', ['unpacked.column', 'unpacked.ends'], 'unpacked.isBehind'),
    node('Cast', ['unpacked.isBehind'], 'unpacked.behind', { to: { int: elementTypeCode.int64 } }),
    node('ReduceSum', ['unpacked.behind', 'unpacked.[1]'], 'unpacked.sequence'),
    node('Transpose', ['unpacked.sequence'], 'unpacked.sequences'),
    node('Equal', ['unpacked.sequence', 'unpacked.sequences'], 'unpacked.isSame'),
    node('Where', ['unpacked.isSame', 'unpacked.seen', 'unpacked.unseen'], 'unpacked.bias'),
  ];
}

function unpacked({ name, inputs, outputs, attributes }: Node, type: ElementType): Node[] {
  const { num_heads: heads } = attributes;
  const [output] = outputs;
  if (heads === undefined || output === undefined) throw new Error(`${name} is no packed attention`);
  const to = (of: ElementType) => ({ to: { int: elementTypeCode[of] } });
  const parts = inputs.slice(0, 3).map((input, part) => ({ input, row: `${name}.part${part}` }));
  return [
    ...parts.flatMap(({ input, row }) => [
      node('Cast', [input], `${row}.wide`, to('float32')),
      node('Unsqueeze', [`${row}.wide`, 'unpacked.[0]'], row),
    ]),
    node('Attention', [...parts.map(({ row }) => row), 'unpacked.bias'], `${name}.row`, {
      q_num_heads: heads,
      kv_num_heads: heads,
    }),
    node('Squeeze', [`${name}.row`, 'unpacked.[0]'], `${name}.rows`),
    node('Cast', [`${name}.rows`], output, to(type)),
  ];
}
