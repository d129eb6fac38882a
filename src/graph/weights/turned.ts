import type { StoredTensor } from '../safetensors/stored-tensor.ts';
import { bytesOf, narrowed } from './converted.ts';
import type { Recipe } from './recipe.ts';

/** A matrix of the checkpoint, [out, in], with rows and columns exchanged. */
export function turned(stored: StoredTensor, type: 'float32' | 'float16'): Recipe {
  const [out = 0, width = 0] = stored.shape;
  return {
    label: stored.name,
    async make(reader, sink) {
      const matrix = await reader.readAll(stored);
      const result = new Float32Array(matrix.length);
      for (let row = 0; row < out; row++) {
        for (let column = 0; column < width; column++) {
          result[column * out + row] = matrix[row * width + column] as number;
        }
      }
      await sink(bytesOf(type === 'float32' ? result : narrowed(result, stored)));
    },
  };
}
