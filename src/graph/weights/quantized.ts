import { InvalidCheckpoint } from '../safetensors/invalid-checkpoint.ts';
import type { StoredTensor } from '../safetensors/stored-tensor.ts';
import type { Recipe } from './recipe.ts';

/** Both halves of a quantized matrix; weight ≈ values × scale of its column. */
export interface QuantizedMatrix {
  /** int8 [in, out]: the transpose of how PyTorch keeps a Linear layer. */
  readonly values: Recipe;
  /** float32 [out]; known once the values are made. */
  readonly scales: Recipe;
}

/** Weights read at a time: 4 MiB. */
const CHUNK = 2 ** 20;

/**
 * Quantizes the [out, in] matrix of a Linear layer to integers of `bits` bits: symmetric, one scale for every output channel,
 * scale = max|w| / (2^(bits-1) - 1).
 *
 * Scheme: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
 * with the zero point fixed at 0.
 *
 * @param widths [in] of the channels of what the matrix is multiplied with, which will come divided by them: the matrix takes
 * them over (Xiao et al. 2023, "SmoothQuant").
 */
export function quantized(matrix: StoredTensor, bits: 7 | 8, widths?: Float32Array): QuantizedMatrix {
  const limit = 2 ** (bits - 1) - 1;
  const { name: label } = matrix;
  const [rows = 0, columns = 0] = matrix.shape;
  const scales = new Float32Array(rows);
  return {
    values: {
      label,
      async make(reader, sink) {
        const transposed = new Int8Array(columns * rows);
        const atOnce = Math.max(1, Math.floor(CHUNK / columns));
        const block = new Float32Array(atOnce * columns);
        for (let from = 0; from < rows; from += atOnce) {
          const count = Math.min(atOnce, rows - from);
          await reader.readFloat32(matrix, from * columns, count * columns, block);
          for (let index = 0; index < count; index++) {
            const row = block.subarray(index * columns, (index + 1) * columns);
            if (widths !== undefined) multiply(row, widths);
            const scale = scaleOf(row, limit, label);
            scales[from + index] = scale;
            quantizeInto(transposed, row, 1 / scale, from + index, rows);
          }
        }
        await sink(new Uint8Array(transposed.buffer));
      },
    },
    scales: { label, make: (_reader, sink) => sink(new Uint8Array(scales.buffer)) },
  };
}

function multiply(row: Float32Array, factors: Float32Array): void {
  for (let index = 0; index < row.length; index++)
    row[index] = (row[index] as number) * (factors[index] as number);
}

/** Writes a row of the matrix as column `column` of its transpose, which has `stride` columns. */
function quantizeInto(
  transposed: Int8Array,
  row: Float32Array,
  inverse: number,
  column: number,
  stride: number,
): void {
  for (let index = 0; index < row.length; index++) {
    transposed[index * stride + column] = Math.round((row[index] as number) * inverse);
  }
}

/**
 * A row of zeros, or of values too small for single precision, gets any scale: its products are zero.
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
  const scale = Math.fround(highest / limit);
  return scale === 0 ? 1 : scale;
}
