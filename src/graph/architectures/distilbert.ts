import { z } from 'zod';
import { activationSchema } from '../layers/activation.ts';
import { canPack } from '../layers/packed-tokens.ts';
import type { Architecture } from './architecture.ts';
import { writeBertEmbeddings } from './bert-embeddings.ts';
import { writeDenseHead } from './dense-head.ts';
import { count, parseConfig } from './parse-config.ts';
import { writePostNormEncoder } from './post-norm-encoder.ts';

const schema = z
  .looseObject({
    vocab_size: count,
    dim: count,
    n_layers: count.max(1024),
    n_heads: count.max(1024),
    hidden_dim: count,
    activation: activationSchema.default('gelu'),
    max_position_embeddings: count,
  })
  .refine(({ dim, n_heads }) => dim % n_heads === 0, { error: 'dim must be a multiple of n_heads' });

/** Built into transformers' modelling code: the config has no such field. */
const EPSILON = 1e-12;

/** DistilBertForSequenceClassification: no token types, a head of pre_classifier + relu + classifier. */
export const distilbert: Architecture = (json, labels) => {
  const config = parseConfig(schema, json);
  return {
    usesTokenTypes: false,
    packs: canPack(config.dim / config.n_heads),
    computesSizes: false,
    write(layers) {
      const embedded = writeBertEmbeddings(layers, layers.tokens.positions(), {
        scope: 'distilbert.embeddings',
        vocabulary: config.vocab_size,
        positions: config.max_position_embeddings,
        tokenTypes: 0,
        width: config.dim,
        epsilon: EPSILON,
      });
      const first = writePostNormEncoder(layers, embedded, {
        layers: config.n_layers,
        hidden: config.dim,
        intermediate: config.hidden_dim,
        heads: config.n_heads,
        epsilon: EPSILON,
        activation: config.activation,
        scopes: (layer) => {
          const scope = `distilbert.transformer.layer.${layer}`;
          return {
            query: `${scope}.attention.q_lin`,
            key: `${scope}.attention.k_lin`,
            value: `${scope}.attention.v_lin`,
            attentionOutput: `${scope}.attention.out_lin`,
            attentionNorm: `${scope}.sa_layer_norm`,
            intermediate: `${scope}.ffn.lin1`,
            output: `${scope}.ffn.lin2`,
            outputNorm: `${scope}.output_layer_norm`,
          };
        },
      });
      return writeDenseHead(layers, first, {
        dense: 'pre_classifier',
        activation: 'relu',
        output: 'classifier',
        hidden: config.dim,
        labels,
      });
    },
  };
};
