import { float } from '../python-json.ts';
import { type Architecture, TINY_VOCABULARY } from './architecture.ts';
import { bertConfig, bertEmbeddings, bertLayers } from './bert-encoder.ts';
import { HEAD_GAIN, linear } from './parts.ts';

/** Positions count from the padding id on: the first two rows are never a token's. */
const POSITION_OFFSET = 2;

const tiny = {
  vocabulary: TINY_VOCABULARY,
  positions: 256 + POSITION_OFFSET,
  hidden: 32,
  layers: 2,
  heads: 4,
  intermediate: 64,
};
const base = { hidden: 768, layers: 12, heads: 12, intermediate: 3072 };
const large = { hidden: 1024, layers: 24, heads: 16, intermediate: 4096 };

const family = {
  maxTokens: ({ positions }) => positions - POSITION_OFFSET,
  config: (shape) => ({
    ...bertConfig(shape),
    type_vocab_size: 1,
    layer_norm_eps: float(1e-5),
    pad_token_id: 1,
    bos_token_id: 0,
    eos_token_id: 2,
  }),
  tensors: (shape, labels) => [
    ...bertEmbeddings('roberta.embeddings', shape, 1),
    ...bertLayers('roberta.encoder', shape),
    ...linear('classifier.dense', shape.hidden, shape.hidden, 1),
    ...linear('classifier.out_proj', shape.hidden, labels, HEAD_GAIN),
  ],
} satisfies Partial<Architecture>;

/** RoBERTa: base and large as FacebookAI/roberta-*. */
export const roberta: Architecture = {
  ...family,
  className: 'RobertaForSequenceClassification',
  sizes: {
    tiny,
    base: { ...base, vocabulary: 50_265, positions: 512 + POSITION_OFFSET },
    large: { ...large, vocabulary: 50_265, positions: 512 + POSITION_OFFSET },
  },
};

/** XLM-RoBERTa: base as BAAI/bge-reranker-base, large as BAAI/bge-reranker-v2-m3. */
export const xlmRoberta: Architecture = {
  ...family,
  className: 'XLMRobertaForSequenceClassification',
  sizes: {
    tiny,
    base: { ...base, vocabulary: 250_002, positions: 512 + POSITION_OFFSET },
    large: { ...large, vocabulary: 250_002, positions: 8192 + POSITION_OFFSET },
  },
};
