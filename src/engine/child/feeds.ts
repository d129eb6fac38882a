import type { Tensor } from 'onnxruntime-node';
import type { RaggedTokens, TensorInfo } from '../protocol.ts';
import { tokenLayout } from '../token-layout.ts';
import { toPackedFeeds } from './packed-feeds.ts';
import { toPaddedFeeds } from './padded-feeds.ts';

/**
 * The tensors that a model asks for. They are valid until the next call: one batch at a time.
 * @param inputs the model's inputs, already checked by the parent (engine/signature.ts).
 * @param width tokens of each padded row, for the longest of them
 */
export function toFeeds(
  tokens: RaggedTokens,
  inputs: readonly TensorInfo[],
  width?: (longest: number) => number,
): Record<string, Tensor> {
  return tokenLayout(inputs) === 'packed'
    ? toPackedFeeds(tokens, inputs)
    : toPaddedFeeds(tokens, inputs, width);
}
