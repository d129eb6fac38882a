import { type Architecture, TINY_VOCABULARY } from './architecture.ts';
import { embedding, HEAD_GAIN, linear, norm } from './parts.ts';

/** DistilBERT: base as distilbert/distilbert-base-uncased; a large one was never published. */
export const distilbert: Architecture = {
  className: 'DistilBertForSequenceClassification',
  sizes: {
    tiny: { vocabulary: TINY_VOCABULARY, positions: 256, hidden: 32, layers: 2, heads: 4, intermediate: 64 },
    base: { vocabulary: 30_522, positions: 512, hidden: 768, layers: 6, heads: 12, intermediate: 3072 },
  },
  maxTokens: ({ positions }) => positions,
  config: (shape) => ({
    dim: shape.hidden,
    n_layers: shape.layers,
    n_heads: shape.heads,
    hidden_dim: shape.intermediate,
    activation: 'gelu',
    dropout: 0.1,
    attention_dropout: 0.1,
    qa_dropout: 0.1,
    seq_classif_dropout: 0.2,
    max_position_embeddings: shape.positions,
    sinusoidal_pos_embds: false,
    pad_token_id: 0,
  }),
  tensors: ({ vocabulary, positions, hidden, intermediate, layers }, labels) => [
    embedding('distilbert.embeddings.word_embeddings', vocabulary, hidden, 1),
    embedding('distilbert.embeddings.position_embeddings', positions, hidden, 0.3),
    ...norm('distilbert.embeddings.LayerNorm', hidden),
    ...Array.from({ length: layers }, (_, index) => `distilbert.transformer.layer.${index}`).flatMap(
      (layer) => [
        ...linear(`${layer}.attention.q_lin`, hidden, hidden, 1.4),
        ...linear(`${layer}.attention.k_lin`, hidden, hidden, 1.4),
        ...linear(`${layer}.attention.v_lin`, hidden, hidden, 1),
        ...linear(`${layer}.attention.out_lin`, hidden, hidden, 1),
        ...norm(`${layer}.sa_layer_norm`, hidden),
        ...linear(`${layer}.ffn.lin1`, hidden, intermediate, 1),
        ...linear(`${layer}.ffn.lin2`, intermediate, hidden, 1),
        ...norm(`${layer}.output_layer_norm`, hidden),
      ],
    ),
    ...linear('pre_classifier', hidden, hidden, 1),
    ...linear('classifier', hidden, labels, HEAD_GAIN),
  ],
};
