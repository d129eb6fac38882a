import type { StoredTensor } from '../safetensors/stored-tensor.ts';
import { bytesOf, narrowed } from './converted.ts';
import type { Recipe } from './recipe.ts';

export interface FoldedBias {
  /** [out] */
  readonly bias: StoredTensor;
  /** [out, in] */
  readonly weight: StoredTensor;
  /** [in] */
  readonly constant: StoredTensor;
}

/**
 * What a layer adds when all its inputs lack the same constant: W (x + c) + b = W x + (W c + b). Summed in double precision.
 */
export function foldedBias({ bias, weight, constant }: FoldedBias, type: 'float32' | 'float16'): Recipe {
  return {
    label: bias.name,
    async make(reader, sink) {
      const sums = await reader.readAll(bias);
      const factors = await reader.readAll(constant);
      const matrix = await reader.readAll(weight);
      for (let row = 0; row < sums.length; row++) {
        let sum = sums[row] as number;
        const from = row * factors.length;
        for (let column = 0; column < factors.length; column++) {
          sum += (matrix[from + column] as number) * (factors[column] as number);
        }
        sums[row] = sum;
      }
      await sink(bytesOf(type === 'float32' ? sums : narrowed(sums, bias)));
    },
  };
}
