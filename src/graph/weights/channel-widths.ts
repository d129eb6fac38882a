import type { Recipe } from './recipe.ts';

/** How far from zero each channel of a layer norm's output goes, [hidden], by the name of the norm's scale. */
export type ChannelWidths = Readonly<Record<string, readonly number[]>>;

/** Channels that are always zero have no width to divide by. */
const NARROWEST = 1e-6;

/** @throws Error when that norm was not observed. */
export function channelWidths(widths: ChannelWidths, norm: string): Float32Array {
  const found = widths[norm];
  if (found === undefined) throw new Error(`the widths of ${norm} were not observed`);
  return Float32Array.from(found, (width) => Math.max(width, NARROWEST));
}

/** A recipe for what makes all channels equally wide: 1 / width of each. */
export function inverseWidths(widths: Float32Array, norm: string): Recipe {
  return {
    label: `widths of ${norm}`,
    make: (_reader, sink) => sink(new Uint8Array(widths.map((width) => 1 / width).buffer)),
  };
}
