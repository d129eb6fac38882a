import type { TensorReader } from '../safetensors/read-tensor.ts';
import type { StoredTensor } from '../safetensors/stored-tensor.ts';
import type { Recipe } from './recipe.ts';

/** The weights of a layer norm, [hidden] each. */
export interface NormWeights {
  readonly scale: StoredTensor;
  readonly shift: StoredTensor | undefined;
}

/** Normalized values rarely lie farther from zero, in standard deviations. */
const DEVIATIONS = 3;

/** Channels that are always zero have no width to divide by. */
const NARROWEST = 1e-6;

/** How far from zero each channel of a layer norm's output goes, by its weights alone: 3·|scale| + |shift|. */
export async function channelWidths(
  reader: TensorReader,
  { scale, shift }: NormWeights,
): Promise<Float32Array> {
  const widths = await readVector(reader, scale);
  const shifts = shift === undefined ? undefined : await readVector(reader, shift);
  return widths.map((value, index) =>
    Math.max(DEVIATIONS * Math.abs(value) + Math.abs(shifts?.[index] ?? 0), NARROWEST),
  );
}

/** A recipe for what makes all channels equally wide: 1 / width of each. */
export function inverseChannelWidths(weights: NormWeights): Recipe {
  return {
    label: `widths of ${weights.scale.name}`,
    async make(reader, sink) {
      const widths = await channelWidths(reader, weights);
      await sink(new Uint8Array(widths.map((width) => 1 / width).buffer));
    },
  };
}

async function readVector(reader: TensorReader, tensor: StoredTensor): Promise<Float32Array> {
  const values = new Float32Array(tensor.shape[0] ?? 0);
  await reader.readFloat32(tensor, 0, values.length, values);
  return values;
}
