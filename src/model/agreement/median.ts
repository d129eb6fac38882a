/** The value in the middle, or the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [lower, upper] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  // One value when the two are the same place: infinities stay what they are.
  return lower === upper ? (lower ?? Number.NaN) : ((lower as number) + (upper as number)) / 2;
}
