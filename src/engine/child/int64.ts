import { Tensor } from 'onnxruntime-node';

/** Memory of each input, used again for every batch: taking it anew costs more than filling it. */
const memory = new Map<string, Int32Array<ArrayBuffer>>();

/**
 * Integers as int64. Non-negative values only: the high words are and stay zero.
 * @param input to which they go: what was made for it before is no longer valid.
 */
export function toInt64(input: string, values: Int32Array | Uint8Array, shape: readonly number[]): Tensor {
  let words = memory.get(input);
  if (words === undefined || words.length < values.length * 2) {
    words = new Int32Array(values.length * 2);
    memory.set(input, words);
  }
  for (let index = 0; index < values.length; index++) words[index * 2] = values[index] as number;
  return new Tensor('int64', new BigInt64Array(words.buffer, 0, values.length), shape);
}
