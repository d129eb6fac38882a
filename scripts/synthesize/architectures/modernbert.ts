import { float } from '../python-json.ts';
import { type Architecture, type Shape, TINY_VOCABULARY } from './architecture.ts';
import { embedding, HEAD_GAIN, linear, projection, scale } from './parts.ts';

/** Every third layer, from the first on, sees the whole text. */
const GLOBAL_EVERY = 3;

const LOCAL_ATTENTION = 128;

const real = { vocabulary: 50_368, positions: 8192, localAttention: LOCAL_ATTENTION };

/**
 * ModernBERT: base as Alibaba-NLP/gte-reranker-modernbert-base, large as answerdotai/ModernBERT-large. The special
 * tokens are the vocabulary's last: see `modernbertSpecialIds`.
 */
export const modernbert: Architecture = {
  className: 'ModernBertForSequenceClassification',
  sizes: {
    tiny: {
      vocabulary: TINY_VOCABULARY,
      positions: 256,
      hidden: 32,
      layers: 5,
      heads: 4,
      intermediate: 48,
      localAttention: 16,
    },
    base: { ...real, hidden: 768, layers: 22, heads: 12, intermediate: 1152 },
    large: { ...real, hidden: 1024, layers: 28, heads: 16, intermediate: 2624 },
  },
  maxTokens: ({ positions }) => positions,
  config: (shape) => {
    const { cls, sep, pad } = modernbertSpecialIds(shape);
    return {
      hidden_size: shape.hidden,
      num_hidden_layers: shape.layers,
      num_attention_heads: shape.heads,
      intermediate_size: shape.intermediate,
      hidden_activation: 'gelu',
      max_position_embeddings: shape.positions,
      initializer_cutoff_factor: float(2),
      norm_eps: float(1e-5),
      norm_bias: false,
      attention_bias: false,
      attention_dropout: float(0),
      global_attn_every_n_layers: GLOBAL_EVERY,
      global_rope_theta: float(160_000),
      local_rope_theta: float(10_000),
      local_attention: shape.localAttention ?? LOCAL_ATTENTION,
      embedding_dropout: float(0),
      mlp_bias: false,
      mlp_dropout: float(0),
      decoder_bias: true,
      classifier_pooling: 'mean',
      classifier_dropout: float(0),
      classifier_bias: false,
      classifier_activation: 'gelu',
      deterministic_flash_attn: false,
      repad_logits_with_grad: false,
      sparse_prediction: false,
      sparse_pred_ignore_index: -100,
      pad_token_id: pad,
      bos_token_id: cls,
      eos_token_id: sep,
      cls_token_id: cls,
      sep_token_id: sep,
    };
  },
  tensors: ({ vocabulary, hidden, intermediate, layers }, labels) => [
    embedding('model.embeddings.tok_embeddings', vocabulary, hidden, 1),
    scale('model.embeddings.norm', hidden),
    ...Array.from({ length: layers }, (_, index) => index).flatMap((index) => {
      const layer = `model.layers.${index}`;
      return [
        // The embeddings are normalised already.
        ...(index === 0 ? [] : [scale(`${layer}.attn_norm`, hidden)]),
        projection(`${layer}.attn.Wqkv`, hidden, 3 * hidden, 1.2),
        projection(`${layer}.attn.Wo`, hidden, hidden, 1),
        scale(`${layer}.mlp_norm`, hidden),
        projection(`${layer}.mlp.Wi`, hidden, 2 * intermediate, 1),
        projection(`${layer}.mlp.Wo`, intermediate, hidden, 1),
      ];
    }),
    scale('model.final_norm', hidden),
    projection('head.dense', hidden, hidden, 1),
    scale('head.norm', hidden),
    ...linear('classifier', hidden, labels, HEAD_GAIN),
  ],
};

/** Ids of the special tokens, which stand in one row in front of the vocabulary's unused last tokens. */
export function modernbertSpecialIds({ vocabulary }: Pick<Shape, 'vocabulary'>) {
  const unused = vocabulary === real.vocabulary ? 83 : 0;
  const unk = vocabulary - unused - 5;
  return { unk, cls: unk + 1, sep: unk + 2, pad: unk + 3, mask: unk + 4 };
}
