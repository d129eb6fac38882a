import type { Layers } from '../layers/layers.ts';
import { type Linear, linear } from '../layers/product.ts';
import type { Value } from '../onnx/graph-builder.ts';
import type { Architecture } from './architecture.ts';
import { type DebertaV2Config, parseDebertaV2Config, scoreTerms } from './deberta-v2-config.ts';
import { DisentangledAttention } from './disentangled-attention.ts';
import { type LayerScopes, writePostNormEncoder } from './post-norm-encoder.ts';

/** DebertaV2ForSequenceClassification, the class of DeBERTa v2 and v3: BERT's layers with disentangled attention. */
export const debertaV2: Architecture = (json, labels) => {
  const config = parseDebertaV2Config(json);
  const { hidden_size: hidden } = config;
  return {
    usesTokenTypes: config.type_vocab_size > 1,
    packs: false,
    computesSizes: true,
    write(layers) {
      const hasPositions = config.relative_attention && scoreTerms(config) > 1;
      const scale = 1 / Math.sqrt((hidden / config.num_attention_heads) * scoreTerms(config));
      const first = writePostNormEncoder(layers, writeEmbeddings(layers, config), {
        layers: config.num_hidden_layers,
        hidden,
        intermediate: config.intermediate_size,
        heads: config.num_attention_heads,
        epsilon: config.layer_norm_eps,
        activation: config.hidden_act,
        scopes,
        relative: hasPositions ? new DisentangledAttention(layers, config) : { scale },
      });
      const pooled = layers.preciseLinear(layers.toFloat32(first), linear('pooler.dense', hidden, hidden));
      const activated = layers.activate(pooled, config.pooler_hidden_act);
      return layers.preciseLinear(activated, linear('classifier', hidden, labels));
    },
  };
};

function writeEmbeddings(layers: Layers, config: DebertaV2Config): Value {
  const { graph, tokens } = layers;
  const { hidden_size: hidden, embedding_size: width = hidden, type_vocab_size: types } = config;
  const scope = 'deberta.embeddings';
  let sum = layers.embed(`${scope}.word_embeddings.weight`, config.vocab_size, width, tokens.ids);
  if (config.position_biased_input) {
    const positions = tokens.positions();
    const table = `${scope}.position_embeddings.weight`;
    sum = graph.node('Add', [sum, layers.embed(table, config.max_position_embeddings, width, positions)]);
  }
  if (types > 0) {
    const ids = types > 1 ? tokens.tokenTypes : graph.integers(0);
    sum = graph.node('Add', [sum, layers.embed(`${scope}.token_type_embeddings.weight`, types, width, ids)]);
  }
  if (width !== hidden) {
    const projection: Linear = linear(`${scope}.embed_proj`, width, hidden, false);
    sum = layers.toHidden(layers.preciseLinear(layers.toFloat32(sum), projection));
  }
  return layers.norm(sum, { scope: `${scope}.LayerNorm`, hidden, epsilon: config.layer_norm_eps });
}

function scopes(index: number): LayerScopes {
  const layer = `deberta.encoder.layer.${index}`;
  return {
    query: `${layer}.attention.self.query_proj`,
    key: `${layer}.attention.self.key_proj`,
    value: `${layer}.attention.self.value_proj`,
    attentionOutput: `${layer}.attention.output.dense`,
    attentionNorm: `${layer}.attention.output.LayerNorm`,
    intermediate: `${layer}.intermediate.dense`,
    output: `${layer}.output.dense`,
    outputNorm: `${layer}.output.LayerNorm`,
  };
}
