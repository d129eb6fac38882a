import type { Architecture } from './architecture.ts';
import { bertConfigSchema } from './bert-config.ts';
import { writeBertEncoder } from './bert-encoder.ts';
import { writeDenseHead } from './dense-head.ts';
import { parseConfig } from './parse-config.ts';
import { countedPositions } from './positions.ts';

/** BertForSequenceClassification: its head is the pooler (dense + tanh over [CLS]) and the classifier. */
export const bert: Architecture = (json, labels) => {
  const config = parseConfig(bertConfigSchema, json);
  return {
    usesTokenTypes: config.type_vocab_size > 1,
    write(layers, inputs) {
      const positions = countedPositions(layers.graph, inputs.ids);
      const first = writeBertEncoder(layers, inputs, { scope: 'bert', config, positions });
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
