/** Where the values of a few rounds lie, in their own unit. */
export interface Middle {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Where the values of a large sample lie, in their own unit. NaN where there are none. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The smallest value that at least `share` (0 to 1) of all values do not exceed; halfway between two at the median of an even
 * number. Exact: values are sorted, not put into buckets. NaN where there are none.
 */
export function quantile(values: readonly number[], share: number): number {
  return atShare(sortedOf(values), share);
}

/** NaN where there are no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** NaN where there are no values. */
export function middleOf(values: readonly number[]): Middle {
  const sorted = sortedOf(values);
  return { median: atShare(sorted, 0.5), least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = sortedOf(values);
  return {
    count: sorted.length,
    median: atShare(sorted, 0.5),
    p99: atShare(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** Least squares: how much the values rise from one to the next. 0 for fewer than two. */
export function slopeOf(values: readonly number[]): number {
  const meanIndex = (values.length - 1) / 2;
  const meanValue = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  for (const [index, value] of values.entries()) {
    covariance += (index - meanIndex) * (value - meanValue);
    variance += (index - meanIndex) ** 2;
  }
  return variance === 0 ? 0 : covariance / variance;
}

/** A typed array sorts numbers without calling a comparison: a sample may have hundreds of thousands. */
function sortedOf(values: readonly number[]): Float64Array {
  return Float64Array.from(values).toSorted();
}

function atShare(sorted: Float64Array, share: number): number {
  const rank = Math.max(0, Math.ceil(sorted.length * share) - 1);
  const value = sorted[rank] ?? Number.NaN;
  if (share !== 0.5 || sorted.length % 2 === 1) return value;
  return (value + (sorted[rank + 1] ?? Number.NaN)) / 2;
}
