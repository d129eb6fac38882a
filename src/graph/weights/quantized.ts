import { InvalidCheckpoint } from '../safetensors/invalid-checkpoint.ts';
import type { TensorReader } from '../safetensors/read-tensor.ts';
import type { StoredTensor } from '../safetensors/stored-tensor.ts';
import type { Recipe } from './recipe.ts';

/** Both halves of a quantized matrix; weight ≈ values × scale of its column. */
export interface QuantizedMatrix {
  /** int8 [in, out]: the transpose of how PyTorch keeps a Linear layer. */
  readonly values: Recipe;
  /** float32 [out]; known once the values are made. */
  readonly scales: Recipe;
}

/**
 * Quantizes the [out, in] matrices of Linear layers, stacked along `out`, to integers of `bits` bits: symmetric, one scale for
 * every output channel, scale = max|w| / (2^(bits-1) - 1).
 *
 * Scheme: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
 * with the zero point fixed at 0.
 */
export function quantized(matrices: readonly StoredTensor[], bits: 7 | 8): QuantizedMatrix {
  const limit = 2 ** (bits - 1) - 1;
  const label = matrices.map(({ name }) => name).join(' + ');
  const rows = matrices.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const columns = matrices[0]?.shape[1] ?? 0;
  const readRows = async (reader: TensorReader, visit: (row: Float32Array, index: number) => void) => {
    let index = 0;
    for (const matrix of matrices) {
      const height = matrix.shape[0] ?? 0;
      const atOnce = Math.max(1, Math.floor(2 ** 20 / columns));
      const block = new Float32Array(atOnce * columns);
      for (let from = 0; from < height; from += atOnce) {
        const count = Math.min(atOnce, height - from);
        await reader.readFloat32(matrix, from * columns, count * columns, block);
        for (let row = 0; row < count; row++)
          visit(block.subarray(row * columns, (row + 1) * columns), index++);
      }
    }
  };
  const scales = new Float32Array(rows);
  return {
    values: {
      label,
      async make(reader, sink) {
        const transposed = new Int8Array(columns * rows);
        await readRows(reader, (row, out) => {
          const scale = scaleOf(row, limit, label);
          scales[out] = scale;
          const inverse = 1 / scale;
          for (let column = 0; column < columns; column++) {
            transposed[column * rows + out] = Math.round((row[column] as number) * inverse);
          }
        });
        await sink(new Uint8Array(transposed.buffer));
      },
    },
    scales: { label, make: (_reader, sink) => sink(new Uint8Array(scales.buffer)) },
  };
}

/**
 * A row of zeros gets any scale: its products are zero.
 * @throws InvalidCheckpoint for NaN and infinity, which integers would hide.
 */
function scaleOf(row: Float32Array, limit: number, label: string): number {
  let highest = 0;
  for (let column = 0; column < row.length; column++) {
    const magnitude = Math.abs(row[column] as number);
    // Written so that NaN, which compares with nothing, comes in here too.
    if (!(magnitude <= highest)) highest = magnitude;
    if (!Number.isFinite(highest)) {
      throw new InvalidCheckpoint(`${label} holds a value that is not a number: the checkpoint is damaged`);
    }
  }
  return highest === 0 ? 1 : highest / limit;
}
