import { z } from 'zod';
import type { Architecture } from './architecture.ts';
import { bertConfigSchema } from './bert-config.ts';
import { packsBert, writeBertEncoder } from './bert-encoder.ts';
import { writeDenseHead } from './dense-head.ts';
import { count, parseConfig } from './parse-config.ts';

const schema = bertConfigSchema.and(z.looseObject({ embedding_size: count.default(128) }));

/** ElectraForSequenceClassification: embeddings may be narrower than the encoder. */
export const electra: Architecture = (json, labels) => {
  const config = parseConfig(schema, json);
  return {
    usesTokenTypes: config.type_vocab_size > 1,
    packs: packsBert(config),
    computesSizes: false,
    write(layers) {
      const first = writeBertEncoder(layers, {
        scope: 'electra',
        config,
        embeddingSize: config.embedding_size,
        positions: layers.tokens.positions(),
      });
      return writeDenseHead(layers, first, {
        dense: 'classifier.dense',
        // transformers' ElectraClassificationHead has its gelu built in; hidden_act does not reach it.
        activation: 'gelu',
        output: 'classifier.out_proj',
        hidden: config.hidden_size,
        labels,
      });
    },
  };
};
