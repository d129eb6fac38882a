import { InvalidCheckpoint } from '../safetensors/invalid-checkpoint.ts';
import type { StoredTensor } from '../safetensors/stored-tensor.ts';
import type { Recipe } from './recipe.ts';

/** Elements converted at a time: 4 MiB of float32. */
const CHUNK = 2 ** 20;

/** The largest finite half-precision number. */
const FLOAT16_MAX = 65_504;

/** A recipe that widens or narrows a tensor of the checkpoint, element by element, rounding to nearest even. */
export function converted(stored: StoredTensor, type: 'float32' | 'float16'): Recipe {
  const elements = stored.shape.reduce((product, size) => product * size, 1);
  return {
    label: stored.name,
    async make(reader, sink) {
      const values = new Float32Array(Math.min(CHUNK, elements));
      for (let from = 0; from < elements; from += CHUNK) {
        const chunk = values.subarray(0, Math.min(CHUNK, elements - from));
        await reader.readFloat32(stored, from, chunk.length, chunk);
        await sink(type === 'float32' ? bytesOf(chunk) : bytesOf(narrowed(chunk, stored)));
      }
    },
  };
}

/** In half precision. @throws InvalidCheckpoint for a value beyond it, which would turn into infinity */
export function narrowed(values: Float32Array, { name }: StoredTensor): Float16Array {
  for (const value of values) {
    if (Math.abs(value) > FLOAT16_MAX) {
      throw new InvalidCheckpoint(
        `tensor "${name}" holds ${value}, which is too large for fp16: serve this model in fp32 or int8`,
      );
    }
  }
  return Float16Array.from(values);
}

/** A copy of them, as they lie in memory. */
export function bytesOf(values: Float32Array | Float16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
