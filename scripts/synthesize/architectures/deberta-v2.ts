import { float } from '../python-json.ts';
import { type Architecture, TINY_VOCABULARY } from './architecture.ts';
import { embedding, HEAD_GAIN, linear, norm } from './parts.ts';

const BUCKETS = 256;

const real = { vocabulary: 128_100, positions: 512, positionBuckets: BUCKETS };

/**
 * DeBERTa-v2 as version 3 has it: relative positions in buckets that grow with the distance, and no others. Base as
 * mixedbread-ai/mxbai-rerank-base-v1 (microsoft/deberta-v3-base), large as microsoft/deberta-v3-large.
 */
export const debertaV2: Architecture = {
  className: 'DebertaV2ForSequenceClassification',
  sizes: {
    tiny: {
      vocabulary: TINY_VOCABULARY,
      positions: 256,
      hidden: 32,
      layers: 3,
      heads: 4,
      intermediate: 64,
      positionBuckets: 16,
    },
    base: { ...real, hidden: 768, layers: 12, heads: 12, intermediate: 3072 },
    large: { ...real, hidden: 1024, layers: 24, heads: 16, intermediate: 4096 },
  },
  maxTokens: ({ positions }) => positions,
  config: (shape) => ({
    hidden_size: shape.hidden,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    intermediate_size: shape.intermediate,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    max_position_embeddings: shape.positions,
    type_vocab_size: 0,
    layer_norm_eps: float(1e-7),
    relative_attention: true,
    max_relative_positions: -1,
    position_buckets: shape.positionBuckets ?? BUCKETS,
    norm_rel_ebd: 'layer_norm',
    share_att_key: true,
    pos_att_type: ['p2c', 'c2p'],
    position_biased_input: false,
    pooler_dropout: 0,
    pooler_hidden_act: 'gelu',
    pooler_hidden_size: shape.hidden,
    legacy: true,
    pad_token_id: 0,
  }),
  tensors: ({ vocabulary, hidden, intermediate, layers, positionBuckets = BUCKETS }, labels) => [
    embedding('deberta.embeddings.word_embeddings', vocabulary, hidden, 1),
    ...norm('deberta.embeddings.LayerNorm', hidden),
    ...Array.from({ length: layers }, (_, index) => `deberta.encoder.layer.${index}`).flatMap((layer) => [
      ...linear(`${layer}.attention.self.query_proj`, hidden, hidden, 1.4),
      ...linear(`${layer}.attention.self.key_proj`, hidden, hidden, 1.4),
      ...linear(`${layer}.attention.self.value_proj`, hidden, hidden, 1),
      ...linear(`${layer}.attention.output.dense`, hidden, hidden, 1),
      ...norm(`${layer}.attention.output.LayerNorm`, hidden),
      ...linear(`${layer}.intermediate.dense`, hidden, intermediate, 1),
      ...linear(`${layer}.output.dense`, intermediate, hidden, 1),
      ...norm(`${layer}.output.LayerNorm`, hidden),
    ]),
    embedding('deberta.encoder.rel_embeddings', 2 * positionBuckets, hidden, 1),
    ...norm('deberta.encoder.LayerNorm', hidden),
    ...linear('pooler.dense', hidden, hidden, 1),
    ...linear('classifier', hidden, labels, HEAD_GAIN),
  ],
};
