import { type Bits, bitsOf, type Dtype } from './dtype.ts';

/** Radii and angles of the table below. */
const STEPS = 256;

/** Entries of a table of levels: one for each number of 16 bits. */
const LEVELS = STEPS * STEPS;

/**
 * Numbers that stand for a normal distribution when each is drawn equally often, scaled and in a dtype's bits.
 *
 * They are Box and Muller's transform of an even grid over the unit square: mean 0, variance 0.998, nothing beyond
 * 3.54 standard deviations, no number twice. A draw is then a look-up, which is what makes gigabytes take seconds.
 */
export class NormalLevels {
  readonly #standard = standardLevels();
  readonly #dtype: Dtype;
  readonly #scaled = new Map<string, Bits>();

  constructor(dtype: Dtype) {
    this.#dtype = dtype;
  }

  /** `LEVELS` bit patterns; tensors of one kind share a table. */
  scaled(mean: number, deviation: number): Bits {
    const key = `${mean} ${deviation}`;
    const known = this.#scaled.get(key);
    if (known !== undefined) return known;
    const levels = bitsOf(
      Float32Array.from(this.#standard, (level) => mean + deviation * level),
      this.#dtype,
    );
    this.#scaled.set(key, levels);
    return levels;
  }
}

function standardLevels(): Float64Array {
  const levels = new Float64Array(LEVELS);
  for (let i = 0; i < STEPS; i++) {
    const radius = Math.sqrt(-2 * Math.log((i + 0.5) / STEPS));
    for (let j = 0; j < STEPS; j++) {
      // A quarter of a step off the axis, so that no two angles have the same cosine.
      levels[i * STEPS + j] = radius * Math.cos((2 * Math.PI * (j + 0.25)) / STEPS);
    }
  }
  return levels;
}
