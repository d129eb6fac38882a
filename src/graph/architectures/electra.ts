import { z } from 'zod';
import type { Architecture } from './architecture.ts';
import { bertConfigSchema } from './bert-config.ts';
import { writeBertEncoder } from './bert-encoder.ts';
import { writeDenseHead } from './dense-head.ts';
import { count, parseConfig } from './parse-config.ts';
import { countedPositions } from './positions.ts';

const schema = bertConfigSchema.and(z.looseObject({ embedding_size: count.default(128) }));

/** ElectraForSequenceClassification: embeddings may be narrower than the encoder. */
export const electra: Architecture = (json, labels) => {
  const config = parseConfig(schema, json);
  return {
    usesTokenTypes: config.type_vocab_size > 1,
    write(layers, inputs) {
      const positions = countedPositions(layers.graph, inputs.ids);
      const embeddingSize = config.embedding_size;
      const first = writeBertEncoder(layers, inputs, { scope: 'electra', config, embeddingSize, positions });
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
