/** Where the values of a sample lie, in their own unit. NaN where there are none. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Exact percentiles: the values are sorted, not put into buckets. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).toSorted();
  return {
    count: sorted.length,
    median: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** The smallest value that at least `share` (0 to 1) of all values do not exceed. */
function percentile(sorted: Float64Array, share: number): number {
  const index = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return sorted[index] ?? Number.NaN;
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
