import { describe, expect, it } from 'vitest';
import {
  type ArchitectureName,
  architectureNames,
} from '../../scripts/synthesize/architectures/architecture.ts';
import { architectures } from '../../scripts/synthesize/architectures/registry.ts';
import { shapeOf } from '../../scripts/synthesize/request.ts';
import { elementsOf } from '../../scripts/synthesize/weights/tensor-spec.ts';

/** A weight and a bias of each. */
const both = (...names: string[]): string[] => names.flatMap((name) => [`${name}.weight`, `${name}.bias`]);

const bertLayer = both(
  'attention.self.query',
  'attention.self.key',
  'attention.self.value',
  'attention.output.dense',
  'attention.output.LayerNorm',
  'intermediate.dense',
  'output.dense',
  'output.LayerNorm',
);
const bertEmbeddings = [
  'embeddings.word_embeddings.weight',
  'embeddings.position_embeddings.weight',
  'embeddings.token_type_embeddings.weight',
  ...both('embeddings.LayerNorm'),
];
const inside = (prefix: string, names: readonly string[]): string[] => names.map((name) => prefix + name);

/** What transformers' `state_dict` has: names before the layers, of a layer, and after the layers. */
const names: Readonly<
  Record<ArchitectureName, { before: string[]; prefix: string; layer: string[]; after: string[] }>
> = {
  'xlm-roberta': {
    before: inside('roberta.', bertEmbeddings),
    prefix: 'roberta.encoder.layer.',
    layer: bertLayer,
    after: both('classifier.dense', 'classifier.out_proj'),
  },
  roberta: {
    before: inside('roberta.', bertEmbeddings),
    prefix: 'roberta.encoder.layer.',
    layer: bertLayer,
    after: both('classifier.dense', 'classifier.out_proj'),
  },
  bert: {
    before: inside('bert.', bertEmbeddings),
    prefix: 'bert.encoder.layer.',
    layer: bertLayer,
    after: both('bert.pooler.dense', 'classifier'),
  },
  electra: {
    before: [...inside('electra.', bertEmbeddings), ...both('electra.embeddings_project')],
    prefix: 'electra.encoder.layer.',
    layer: bertLayer,
    after: both('classifier.dense', 'classifier.out_proj'),
  },
  distilbert: {
    before: [
      'distilbert.embeddings.word_embeddings.weight',
      'distilbert.embeddings.position_embeddings.weight',
      ...both('distilbert.embeddings.LayerNorm'),
    ],
    prefix: 'distilbert.transformer.layer.',
    layer: both(
      'attention.q_lin',
      'attention.k_lin',
      'attention.v_lin',
      'attention.out_lin',
      'sa_layer_norm',
      'ffn.lin1',
      'ffn.lin2',
      'output_layer_norm',
    ),
    after: both('pre_classifier', 'classifier'),
  },
  modernbert: {
    before: ['model.embeddings.tok_embeddings.weight', 'model.embeddings.norm.weight'],
    prefix: 'model.layers.',
    layer: ['attn_norm', 'attn.Wqkv', 'attn.Wo', 'mlp_norm', 'mlp.Wi', 'mlp.Wo'].map(
      (name) => `${name}.weight`,
    ),
    after: [
      'model.final_norm.weight',
      'head.dense.weight',
      'head.norm.weight',
      'classifier.weight',
      'classifier.bias',
    ],
  },
  'deberta-v2': {
    before: ['deberta.embeddings.word_embeddings.weight', ...both('deberta.embeddings.LayerNorm')],
    prefix: 'deberta.encoder.layer.',
    layer: both(
      'attention.self.query_proj',
      'attention.self.key_proj',
      'attention.self.value_proj',
      'attention.output.dense',
      'attention.output.LayerNorm',
      'intermediate.dense',
      'output.dense',
      'output.LayerNorm',
    ),
    after: [
      'deberta.encoder.rel_embeddings.weight',
      ...both('deberta.encoder.LayerNorm', 'pooler.dense', 'classifier'),
    ],
  },
};

describe.each(architectureNames)('the tensors of %s', (architecture) => {
  const shape = shapeOf(architecture, 'tiny');
  const tensors = architectures[architecture].tensors(shape, 1);

  it("have transformers' names, in the order of the model", () => {
    const { before, prefix, layer, after } = names[architecture];
    const layers = Array.from({ length: shape.layers }, (_, index) =>
      // ModernBERT's embeddings are normalised already.
      layer
        .filter((name) => index > 0 || name !== 'attn_norm.weight')
        .map((name) => `${prefix}${index}.${name}`),
    );
    expect(tensors.map(({ name }) => name)).toEqual([...before, ...layers.flat(), ...after]);
  });

  it('keep what goes through them in proportion', () => {
    const isTable = (name: string): boolean =>
      name.includes('embeddings.') || name.includes('rel_embeddings');
    const matrices = tensors.filter(({ name, shape: { length } }) => length === 2 && !isTable(name));
    expect(matrices.length).toBeGreaterThan(shape.layers * 3);
    for (const { name, shape: [, inputs = 0] = [], deviation } of matrices) {
      const gain = deviation * Math.sqrt(inputs);
      expect(gain, name).toBeGreaterThanOrEqual(1);
      expect(gain, name).toBeLessThanOrEqual(4);
    }
    for (const { name, mean } of tensors) expect(mean, name).toBe(/[nN]orm\.weight$/.test(name) ? 1 : 0);
  });
});

describe('the tensors of published models', () => {
  it.each([
    ['xlm-roberta', 'base', 278_044_417],
    ['xlm-roberta', 'large', 567_755_777],
    ['bert', 'minilm', 33_360_385],
    ['bert', 'base', 109_483_009],
    ['modernbert', 'base', 149_605_633],
    ['deberta-v2', 'base', 184_422_913],
  ] as const)('have as many parameters as these: %s %s', (name, size, parameters) => {
    const tensors = architectures[name].tensors(shapeOf(name, size), 1);
    expect(tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0)).toBe(parameters);
  });
});
