import { Tensor } from 'onnxruntime-node';
import type { RaggedTokens, TensorInfo } from '../protocol.ts';
import { toInt64 } from './int64.ts';

/**
 * Pads ragged rows to one rectangle and builds the tensors that the model asks for.
 *
 * Padding has mask 0, so the id under it never matters; 0 is in every vocabulary.
 * @param inputs the model's inputs, already checked by the parent (engine/signature.ts).
 * @param width tokens of each row, for the longest of them
 */
export function toPaddedFeeds(
  tokens: RaggedTokens,
  inputs: readonly TensorInfo[],
  width = (longest: number): number => longest,
): Record<string, Tensor> {
  const rows = tokens.lengths.length;
  const columns = width(tokens.lengths.reduce((longest, length) => Math.max(longest, length), 1));
  const feeds: Record<string, Tensor> = {};
  for (const { name, type } of inputs) {
    const values = new Int32Array(rows * columns);
    let from = 0;
    for (const [row, length] of tokens.lengths.entries()) {
      const at = row * columns;
      if (name === 'attention_mask') values.fill(1, at, at + length);
      else values.set((name === 'input_ids' ? tokens.ids : tokens.typeIds).subarray(from, from + length), at);
      from += length;
    }
    feeds[name] =
      type === 'int64'
        ? toInt64(name, values, [rows, columns])
        : new Tensor('int32', values, [rows, columns]);
  }
  return feeds;
}
