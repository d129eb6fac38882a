import { float } from '../python-json.ts';
import { type Architecture, TINY_VOCABULARY } from './architecture.ts';
import { bertConfig, bertEmbeddings, bertLayers } from './bert-encoder.ts';
import { HEAD_GAIN, linear } from './parts.ts';

const uncased = { vocabulary: 30_522, positions: 512 };

/** BERT: base and large as google-bert/bert-*-uncased, minilm as cross-encoder/ms-marco-MiniLM-L-12-v2. */
export const bert: Architecture = {
  className: 'BertForSequenceClassification',
  sizes: {
    tiny: { vocabulary: TINY_VOCABULARY, positions: 256, hidden: 32, layers: 2, heads: 4, intermediate: 64 },
    minilm: { ...uncased, hidden: 384, layers: 12, heads: 12, intermediate: 1536 },
    base: { ...uncased, hidden: 768, layers: 12, heads: 12, intermediate: 3072 },
    large: { ...uncased, hidden: 1024, layers: 24, heads: 16, intermediate: 4096 },
  },
  maxTokens: ({ positions }) => positions,
  config: (shape) => ({
    ...bertConfig(shape),
    type_vocab_size: 2,
    layer_norm_eps: float(1e-12),
    pad_token_id: 0,
  }),
  tensors: (shape, labels) => [
    ...bertEmbeddings('bert.embeddings', shape, 2),
    ...bertLayers('bert.encoder', shape),
    ...linear('bert.pooler.dense', shape.hidden, shape.hidden, 1),
    ...linear('classifier', shape.hidden, labels, HEAD_GAIN),
  ],
};
