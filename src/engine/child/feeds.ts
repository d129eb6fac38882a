import type { Tensor } from 'onnxruntime-node';
import type { RaggedTokens, TensorInfo } from '../protocol.ts';
import { tokenLayout } from '../token-layout.ts';
import { toPackedFeeds } from './packed-feeds.ts';
import { toPaddedFeeds } from './padded-feeds.ts';

/**
 * The tensors that a model asks for.
 * @param inputs the model's inputs, already checked by the parent (engine/signature.ts).
 */
export function toFeeds(tokens: RaggedTokens, inputs: readonly TensorInfo[]): Record<string, Tensor> {
  return tokenLayout(inputs) === 'packed' ? toPackedFeeds(tokens, inputs) : toPaddedFeeds(tokens, inputs);
}
