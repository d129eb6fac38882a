import type { StoredTensor } from '../safetensors/stored-tensor.ts';
import type { Recipe } from './recipe.ts';

export interface ProjectedTable {
  /** [rows, width] */
  readonly table: StoredTensor;
  /** Layer normalization over the rows before the projection, [width] each. */
  readonly norm?:
    | { readonly scale: StoredTensor; readonly shift: StoredTensor; readonly epsilon: number }
    | undefined;
  /** A Linear layer: [out, width] and [out]. */
  readonly weight: StoredTensor;
  readonly bias: StoredTensor;
  /** Multiplies the result. */
  readonly factor: number;
}

/** A recipe for (norm(table) · weightᵀ + bias) × factor, float32 [rows, out]: it depends on weights only, so it is computed once. */
export function projectedTable({ table, norm, weight, bias, factor }: ProjectedTable): Recipe {
  return {
    label: `${table.name} · ${weight.name}`,
    async make(reader, sink) {
      const [rows = 0, width = 0] = table.shape;
      const [out = 0] = weight.shape;
      const values = await reader.readAll(table);
      if (norm !== undefined) {
        const [scale, shift] = [await reader.readAll(norm.scale), await reader.readAll(norm.shift)];
        for (let row = 0; row < rows; row++) {
          normalize(values.subarray(row * width, (row + 1) * width), scale, shift, norm.epsilon);
        }
      }
      const matrix = await reader.readAll(weight);
      const shift = await reader.readAll(bias);
      const result = new Float32Array(rows * out);
      for (let row = 0; row < rows; row++) {
        const x = values.subarray(row * width, (row + 1) * width);
        for (let column = 0; column < out; column++) {
          const w = matrix.subarray(column * width, (column + 1) * width);
          result[row * out + column] = (dot(x, w) + (shift[column] as number)) * factor;
        }
      }
      await sink(new Uint8Array(result.buffer));
    },
  };
}

function normalize(row: Float32Array, scale: Float32Array, shift: Float32Array, epsilon: number): void {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  const inverse = 1 / Math.sqrt(variance + epsilon);
  for (let index = 0; index < row.length; index++) {
    row[index] =
      ((row[index] as number) - mean) * inverse * (scale[index] as number) + (shift[index] as number);
  }
}

/** Four sums that don't wait for each other. */
function dot(a: Float32Array, b: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const even = a.length - (a.length % 4);
  for (let index = 0; index < even; index += 4) {
    s0 += (a[index] as number) * (b[index] as number);
    s1 += (a[index + 1] as number) * (b[index + 1] as number);
    s2 += (a[index + 2] as number) * (b[index + 2] as number);
    s3 += (a[index + 3] as number) * (b[index + 3] as number);
  }
  for (let index = even; index < a.length; index++) s0 += (a[index] as number) * (b[index] as number);
  return s0 + s1 + s2 + s3;
}
