import { maxTokens } from './tokenizer-files.ts';

/** The contents of config.json: what loaders of sequence classifiers ask for. */
export function configJson(vocabularySize: number): object {
  return {
    model_type: 'lexical-interaction',
    architectures: ['LexicalInteractionForSequenceClassification'],
    vocab_size: vocabularySize,
    max_position_embeddings: maxTokens,
    type_vocab_size: 2,
    pad_token_id: 0,
    num_labels: 1,
    id2label: { 0: 'LABEL_0' },
    label2id: { LABEL_0: 0 },
  };
}
