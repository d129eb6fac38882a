/** A small ranking task on which the embedded models agree and no two documents tie. */
export const QUERY = 'What is the capital of France?';

export const DOCUMENTS = [
  'Berlin is the capital of Germany.',
  'Paris is the capital of France and its largest city.',
  'The recipe asks for two eggs and a cup of flour.',
  'France is a country in Europe.',
] as const;

/** Scores that may differ only by the rounding of another batch. */
export const SAME_SCORE = 1e-5;

/** The largest difference between two lists of scores; infinite when they aren't of the same length. */
export function largestDifference(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) return Number.POSITIVE_INFINITY;
  return left.reduce(
    (worst, value, index) => Math.max(worst, Math.abs(value - (right[index] ?? Number.NaN))),
    0,
  );
}
