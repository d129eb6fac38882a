import { RandomBits } from '../../../scripts/synthesize/weights/random-bits.ts';

/** Lengths of texts in tokens. */
export interface LengthDistribution {
  /** The next length, in tokens. */
  next(): number;
}

export interface LogNormalShape {
  /** Mean before clipping, in tokens. */
  readonly mean: number;
  /** Standard deviation of the logarithm. */
  readonly spread: number;
  readonly least: number;
  readonly most: number;
}

/** Passages as retrievers return them: most below the mean, a few long ones. Clipping takes its mean to about 124. */
export const PASSAGES: Omit<LogNormalShape, 'most'> = { mean: 126, spread: 0.7, least: 10 };

/** Longest pair of the mixed set, in tokens, where the model takes that many. */
export const LONGEST_PASSAGE = 512;

/** The same length for ever. */
export function constantLength(tokens: number): LengthDistribution {
  return { next: () => tokens };
}

/** Seeded, so that every run asks the same. */
export function logNormalLengths(shape: LogNormalShape, name: string): LengthDistribution {
  const random = new RandomBits(0, `lengths ${name}`);
  const location = Math.log(shape.mean) - shape.spread ** 2 / 2;
  return {
    next() {
      const length = Math.round(Math.exp(location + shape.spread * nextNormal(random)));
      return Math.min(shape.most, Math.max(shape.least, length));
    },
  };
}

const LEVELS = 65_536;

/** Box and Muller's way from two even numbers to a normal one. */
function nextNormal(random: RandomBits): number {
  const radius = Math.sqrt(-2 * Math.log((random.below(LEVELS) + 1) / LEVELS));
  return radius * Math.cos((2 * Math.PI * random.below(LEVELS)) / LEVELS);
}
