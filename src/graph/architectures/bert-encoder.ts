import type { Layers } from '../layers/layers.ts';
import { canPack } from '../layers/packed-tokens.ts';
import { linear } from '../layers/product.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { BertConfig } from './bert-config.ts';
import { writeBertEmbeddings } from './bert-embeddings.ts';
import { type LayerScopes, writePostNormEncoder } from './post-norm-encoder.ts';

export interface BertEncoder {
  /** The model's name in front of its tensors, e.g. `bert`. */
  readonly scope: string;
  readonly config: BertConfig;
  /** Width of the embeddings where it is not that of the encoder. */
  readonly embeddingSize?: number;
  /** int64 that broadcasts to the shape of the ids */
  readonly positions: Value;
}

/** @see CrossEncoder.packs */
export function packsBert({ hidden_size: hidden, num_attention_heads: heads }: BertConfig): boolean {
  return canPack(hidden / heads);
}

/**
 * The encoder that BERT, RoBERTa and ELECTRA share, from token ids on.
 * @returns the first token's last hidden state, [batch, 1, hidden]
 */
export function writeBertEncoder(layers: Layers, encoder: BertEncoder): Value {
  const { scope, config, positions } = encoder;
  const width = encoder.embeddingSize ?? config.hidden_size;
  let state = writeBertEmbeddings(layers, positions, {
    scope: `${scope}.embeddings`,
    vocabulary: config.vocab_size,
    positions: config.max_position_embeddings,
    tokenTypes: config.type_vocab_size,
    width,
    epsilon: config.layer_norm_eps,
  });
  if (width !== config.hidden_size) {
    const projection = linear(`${scope}.embeddings_project`, width, config.hidden_size);
    state = layers.toHidden(layers.preciseLinear(layers.toFloat32(state), projection));
  }
  return writePostNormEncoder(layers, state, {
    layers: config.num_hidden_layers,
    hidden: config.hidden_size,
    intermediate: config.intermediate_size,
    heads: config.num_attention_heads,
    epsilon: config.layer_norm_eps,
    activation: config.hidden_act,
    scopes: (layer) => scopesOf(`${scope}.encoder.layer.${layer}`),
  });
}

function scopesOf(layer: string): LayerScopes {
  return {
    query: `${layer}.attention.self.query`,
    key: `${layer}.attention.self.key`,
    value: `${layer}.attention.self.value`,
    attentionOutput: `${layer}.attention.output.dense`,
    attentionNorm: `${layer}.attention.output.LayerNorm`,
    intermediate: `${layer}.intermediate.dense`,
    output: `${layer}.output.dense`,
    outputNorm: `${layer}.output.LayerNorm`,
  };
}
