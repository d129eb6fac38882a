/** Where the values of a few rounds lie. */
export interface Middle {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * The smallest value that at least `share` (0 to 1) of all values do not exceed; halfway between two at the median of an even
 * number. NaN where there are none.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const rank = Math.max(0, Math.ceil(sorted.length * share) - 1);
  const value = sorted[rank] ?? Number.NaN;
  if (share !== 0.5 || sorted.length % 2 === 1) return value;
  return (value + (sorted[rank + 1] ?? Number.NaN)) / 2;
}

/** NaN where there are no values. */
export function middleOf(values: readonly number[]): Middle {
  const sorted = Float64Array.from(values).toSorted();
  return {
    median: quantile(values, 0.5),
    least: sorted[0] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  };
}
