import type { Layers } from '../layers/layers.ts';
import { linear } from '../layers/product.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { EncoderInputs } from './architecture.ts';
import type { BertConfig } from './bert-config.ts';
import { writeBertEmbeddings } from './bert-embeddings.ts';
import { type LayerScopes, writePostNormEncoder } from './post-norm-encoder.ts';

export interface BertEncoder {
  /** The model's name in front of its tensors, e.g. `bert`. */
  readonly scope: string;
  readonly config: BertConfig;
  /** Width of the embeddings where it is not that of the encoder. */
  readonly embeddingSize?: number;
  /** int64 [batch or 1, sequence] */
  readonly positions: Value;
}

/**
 * The encoder that BERT, RoBERTa and ELECTRA share, from token ids on.
 * @returns the first token's last hidden state, [batch, 1, hidden]
 */
export function writeBertEncoder(layers: Layers, inputs: EncoderInputs, encoder: BertEncoder): Value {
  const { scope, config, positions } = encoder;
  const width = encoder.embeddingSize ?? config.hidden_size;
  let state = writeBertEmbeddings(layers, inputs, positions, {
    scope: `${scope}.embeddings`,
    vocabulary: config.vocab_size,
    positions: config.max_position_embeddings,
    tokenTypes: config.type_vocab_size,
    width,
    epsilon: config.layer_norm_eps,
  });
  if (width !== config.hidden_size) {
    state = layers.preciseLinear(state, linear(`${scope}.embeddings_project`, width, config.hidden_size));
  }
  return writePostNormEncoder(layers, state, inputs.lengths, {
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
