import { Tensor } from 'onnxruntime-node';

/** Integers as int64. Non-negative values only: the high words stay zero. */
export function toInt64(values: Int32Array | Uint8Array, shape: readonly number[]): Tensor {
  const wide = new BigInt64Array(values.length);
  const words = new Int32Array(wide.buffer);
  for (let index = 0; index < values.length; index++) words[index * 2] = values[index] as number;
  return new Tensor('int64', wide, shape);
}
