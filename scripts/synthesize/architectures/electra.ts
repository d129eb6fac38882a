import { float } from '../python-json.ts';
import { type Architecture, TINY_VOCABULARY } from './architecture.ts';
import { bertConfig, bertEmbeddings, bertLayers } from './bert-encoder.ts';
import { HEAD_GAIN, linear } from './parts.ts';

const uncased = { vocabulary: 30_522, positions: 512 };

/**
 * ELECTRA: base and large as google/electra-*-discriminator. The tiny one has embeddings narrower than its layers, as
 * the small one of the published models.
 */
export const electra: Architecture = {
  className: 'ElectraForSequenceClassification',
  sizes: {
    tiny: {
      vocabulary: TINY_VOCABULARY,
      positions: 256,
      embedding: 24,
      hidden: 32,
      layers: 2,
      heads: 4,
      intermediate: 64,
    },
    base: { ...uncased, hidden: 768, layers: 12, heads: 12, intermediate: 3072 },
    large: { ...uncased, hidden: 1024, layers: 24, heads: 16, intermediate: 4096 },
  },
  maxTokens: ({ positions }) => positions,
  config: (shape) => ({
    ...bertConfig(shape),
    embedding_size: shape.embedding ?? shape.hidden,
    type_vocab_size: 2,
    layer_norm_eps: float(1e-12),
    summary_type: 'first',
    summary_use_proj: true,
    summary_activation: 'gelu',
    summary_last_dropout: 0.1,
    pad_token_id: 0,
  }),
  tensors: (shape, labels) => [
    ...bertEmbeddings('electra.embeddings', shape, 2),
    ...(shape.embedding === undefined
      ? []
      : linear('electra.embeddings_project', shape.embedding, shape.hidden, 1)),
    ...bertLayers('electra.encoder', shape),
    ...linear('classifier.dense', shape.hidden, shape.hidden, 1),
    ...linear('classifier.out_proj', shape.hidden, labels, HEAD_GAIN),
  ],
};
