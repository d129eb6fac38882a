import type { Layers } from '../layers/layers.ts';
import type { Value } from '../onnx/graph-builder.ts';

export interface BertEmbeddings {
  /** e.g. `bert.embeddings` */
  readonly scope: string;
  readonly vocabulary: number;
  readonly positions: number;
  /** 0 for models without token types. */
  readonly tokenTypes: number;
  readonly width: number;
  readonly epsilon: number;
}

/**
 * Words + positions + token types, normalized.
 * @param positions int64 that broadcasts to the shape of the ids
 * @returns hidden states […, width]
 */
export function writeBertEmbeddings(
  layers: Layers,
  positions: Value,
  { scope, width, epsilon, ...sizes }: BertEmbeddings,
): Value {
  const { graph, tokens } = layers;
  const words = layers.embed(`${scope}.word_embeddings.weight`, sizes.vocabulary, width, tokens.ids);
  const places = layers.embed(`${scope}.position_embeddings.weight`, sizes.positions, width, positions);
  let sum = graph.node('Add', [words, places]);
  if (sizes.tokenTypes > 0) {
    // With one type there is nothing to choose: the graph has no such input then.
    const types = sizes.tokenTypes > 1 ? tokens.tokenTypes : graph.integers(0);
    const kinds = layers.embed(`${scope}.token_type_embeddings.weight`, sizes.tokenTypes, width, types);
    sum = graph.node('Add', [sum, kinds]);
  }
  return layers.norm(sum, { scope: `${scope}.LayerNorm`, hidden: width, epsilon });
}
