import type { TensorSpec } from '../weights/tensor-spec.ts';
import type { Shape } from './architecture.ts';
import { embedding, linear, norm } from './parts.ts';

/** Word, position and segment embeddings, as BERT and all that came of it have them. */
export function bertEmbeddings(prefix: string, shape: Shape, segments: number): TensorSpec[] {
  const width = shape.embedding ?? shape.hidden;
  return [
    embedding(`${prefix}.word_embeddings`, shape.vocabulary, width, 1),
    embedding(`${prefix}.position_embeddings`, shape.positions, width, 0.3),
    embedding(`${prefix}.token_type_embeddings`, segments, width, 0.3),
    ...norm(`${prefix}.LayerNorm`, width),
  ];
}

/** The layers of BERT, RoBERTa and ELECTRA: normalised after each residual sum. */
export function bertLayers(prefix: string, { hidden, intermediate, layers }: Shape): TensorSpec[] {
  return Array.from({ length: layers }, (_, index) => `${prefix}.layer.${index}`).flatMap((layer) => [
    ...linear(`${layer}.attention.self.query`, hidden, hidden, 1.4),
    ...linear(`${layer}.attention.self.key`, hidden, hidden, 1.4),
    ...linear(`${layer}.attention.self.value`, hidden, hidden, 1),
    ...linear(`${layer}.attention.output.dense`, hidden, hidden, 1),
    ...norm(`${layer}.attention.output.LayerNorm`, hidden),
    ...linear(`${layer}.intermediate.dense`, hidden, intermediate, 1),
    ...linear(`${layer}.output.dense`, intermediate, hidden, 1),
    ...norm(`${layer}.output.LayerNorm`, hidden),
  ]);
}

/** The fields of config.json that BERT, RoBERTa and ELECTRA share. */
export function bertConfig(shape: Shape) {
  return {
    hidden_size: shape.hidden,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    intermediate_size: shape.intermediate,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    max_position_embeddings: shape.positions,
    use_cache: true,
    classifier_dropout: null,
    position_embedding_type: 'absolute',
  };
}
