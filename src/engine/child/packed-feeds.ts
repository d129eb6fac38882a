import { Tensor } from 'onnxruntime-node';
import type { RaggedTokens, TensorInfo } from '../protocol.ts';
import { BOUNDS_INPUT } from '../token-layout.ts';
import { toInt64 } from './int64.ts';

/**
 * Ragged rows are packed as they are. What is added says where each begins, as com.microsoft.PackedMultiHeadAttention and
 * RoBERTa's positions want to know it (graph/layers/packed-tokens.ts).
 */
export function toPackedFeeds(
  { lengths, ids, typeIds }: RaggedTokens,
  inputs: readonly TensorInfo[],
): Record<string, Tensor> {
  const makers: Record<string, () => Tensor> = {
    input_ids: () => toInt64('input_ids', ids, [ids.length]),
    token_type_ids: () => toInt64('token_type_ids', typeIds, [ids.length]),
    positions: () => toInt64('positions', positionsOf(lengths, ids.length), [ids.length]),
    [BOUNDS_INPUT]: () => new Tensor('int32', boundsOf(lengths), [lengths.length + 1]),
    token_offsets: () => offsetsOf(lengths, ids.length),
  };
  return Object.fromEntries(inputs.flatMap(({ name }) => (makers[name] ? [[name, makers[name]()]] : [])));
}

function positionsOf(lengths: Uint32Array, tokens: number): Int32Array {
  const positions = new Int32Array(tokens);
  let at = 0;
  for (const length of lengths) {
    for (let position = 0; position < length; position++) positions[at++] = position;
  }
  return positions;
}

function boundsOf(lengths: Uint32Array): Int32Array {
  const bounds = new Int32Array(lengths.length + 1);
  for (const [row, length] of lengths.entries()) bounds[row + 1] = (bounds[row] as number) + length;
  return bounds;
}

/** Of a rectangle [rows, longest]: first the places that hold tokens, in order, then those that hold none. */
function offsetsOf(lengths: Uint32Array, tokens: number): Tensor {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const offsets = new Int32Array(lengths.length * longest);
  let token = 0;
  let padding = tokens;
  for (const [row, length] of lengths.entries()) {
    const from = row * longest;
    for (let column = 0; column < length; column++) offsets[token++] = from + column;
    for (let column = length; column < longest; column++) offsets[padding++] = from + column;
  }
  return new Tensor('int32', offsets, [lengths.length, longest]);
}
