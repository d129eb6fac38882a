import type { Graph, Model, Node } from '../../src/graph/onnx/model.ts';

/** Turns a planned model into one that computes the same in another way. */
export type Transform = (model: Model) => Model;

const MICROSOFT = 'com.microsoft';

/** Sum and layer norm in one node, as ONNX Runtime's optimizer would have it. */
export const withSkipLayerNorm: Transform = (model) =>
  mapNodes(model, (nodes) => {
    const sums = new Map(
      nodes.filter(({ operator }) => operator === 'Add').map((node) => [node.outputs[0], node]),
    );
    const uses = countUses(nodes);
    const looked = new Set(
      nodes.filter(({ operator }) => operator === 'Gather').map(({ outputs }) => outputs[0]),
    );
    const fused = new Set<Node>();
    const changed = nodes.map((node): Node => {
      const sum = node.operator === 'LayerNormalization' ? sums.get(node.inputs[0]) : undefined;
      // Both sides of the sum must be hidden states (no bias, no embedding), and nobody else may need it.
      if (
        sum === undefined ||
        uses.get(sum.outputs[0] ?? '') !== 1 ||
        sum.inputs.some((input) => input.includes('.') || looked.has(input))
      )
        return node;
      fused.add(sum);
      const { epsilon } = node.attributes;
      if (epsilon === undefined) return node;
      return {
        ...node,
        operator: 'SkipLayerNormalization',
        domain: MICROSOFT,
        inputs: [...sum.inputs, ...node.inputs.slice(1)],
        attributes: { epsilon },
      };
    });
    return changed.filter((node) => !fused.has(node));
  });

/** Attention as ONNX Runtime has had it for longer, with the mask. */
export const withMultiHeadAttention: Transform = (model) =>
  mapNodes(model, (nodes) => {
    const mask: Node = {
      name: 'narrow_mask',
      operator: 'Cast',
      domain: '',
      inputs: ['attention_mask'],
      outputs: ['narrow_mask'],
      attributes: { to: { int: 6 } },
    };
    const changed = nodes.map((node): Node => {
      const { q_num_heads: heads } = node.attributes;
      if (node.operator !== 'Attention' || heads === undefined) return node;
      return {
        ...node,
        operator: 'MultiHeadAttention',
        domain: MICROSOFT,
        inputs: [...node.inputs.slice(0, 3), '', 'narrow_mask'],
        attributes: { num_heads: heads },
      };
    });
    return [mask, ...changed];
  });

/** The last layer for the whole sequence; only the head takes the first row. */
export const withWholeLastLayer: Transform = (model) =>
  mapNodes(model, (nodes) => {
    const slices = nodes.filter(
      ({ operator, inputs }) =>
        operator === 'Slice' && inputs.slice(1).join() === 'integers_0,integers_1,integers_1',
    );
    const whole = new Map(slices.map(({ inputs, outputs }) => [outputs[0], inputs[0] ?? '']));
    const head = nodes.find(({ inputs }) => inputs.includes('classifier.dense.weight'));
    const [slice] = slices;
    if (head === undefined || slice === undefined) throw new Error('this graph has no first row to undo');
    const first: Node = {
      ...slice,
      name: 'first_row',
      inputs: [head.inputs[0] ?? '', ...slice.inputs.slice(1)],
      outputs: ['first_row'],
    };
    return nodes
      .filter((node) => !slices.includes(node))
      .flatMap((node) => {
        const inputs = node.inputs.map((input) => whole.get(input) ?? input);
        return node === head
          ? [first, { ...node, inputs: ['first_row', ...inputs.slice(1)] }]
          : [{ ...node, inputs }];
      });
  });

function mapNodes(model: Model, change: (nodes: readonly Node[]) => Node[]): Model {
  const graph: Graph = { ...model.graph, nodes: change(model.graph.nodes) };
  return { ...model, graph };
}

function countUses(nodes: readonly Node[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const { inputs } of nodes) for (const input of inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  return uses;
}
