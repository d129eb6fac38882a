import type { Architecture } from './architecture.ts';
import { bertConfigSchema } from './bert-config.ts';
import { packsBert, writeBertEncoder } from './bert-encoder.ts';
import { writeDenseHead } from './dense-head.ts';
import { parseConfig } from './parse-config.ts';
import { paddingAwarePositions } from './positions.ts';

/** transformers' default for these families. */
const DEFAULT_PAD_ID = 1;

/**
 * RobertaForSequenceClassification and XLMRobertaForSequenceClassification (the BGE rerankers): BERT's encoder with
 * positions that start behind the padding id, and a head of its own.
 */
export const roberta: Architecture = (json, labels) => {
  const config = parseConfig(bertConfigSchema, json);
  return {
    usesTokenTypes: config.type_vocab_size > 1,
    packs: packsBert(config),
    computesSizes: false,
    write(layers) {
      const positions = paddingAwarePositions(layers, config.pad_token_id ?? DEFAULT_PAD_ID);
      const first = writeBertEncoder(layers, { scope: 'roberta', config, positions });
      return writeDenseHead(layers, first, {
        dense: 'classifier.dense',
        activation: 'tanh',
        output: 'classifier.out_proj',
        hidden: config.hidden_size,
        labels,
      });
    },
  };
};
