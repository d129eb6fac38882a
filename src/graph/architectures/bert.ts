import type { Architecture } from './architecture.ts';
import { bertConfigSchema } from './bert-config.ts';
import { packsBert, writeBertEncoder } from './bert-encoder.ts';
import { writeDenseHead } from './dense-head.ts';
import { parseConfig } from './parse-config.ts';

/** BertForSequenceClassification: its head is the pooler (dense + tanh over [CLS]) and the classifier. */
export const bert: Architecture = (json, labels) => {
  const config = parseConfig(bertConfigSchema, json);
  return {
    usesTokenTypes: config.type_vocab_size > 1,
    packs: packsBert(config),
    computesSizes: false,
    write(layers) {
      const first = writeBertEncoder(layers, {
        scope: 'bert',
        config,
        positions: layers.tokens.positions(),
      });
      return writeDenseHead(layers, first, {
        dense: 'bert.pooler.dense',
        activation: 'tanh',
        output: 'classifier',
        hidden: config.hidden_size,
        labels,
      });
    },
  };
};
