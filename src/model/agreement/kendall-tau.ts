/**
 * Kendall's tau-b of two lists of scores for the same documents: 1 for the same order, -1 for the reverse one. It is
 * tau corrected for ties (M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33, 1945):
 *
 *     (concordant - discordant) / sqrt(pairs not tied in a * pairs not tied in b)
 *
 * The pairs are counted in O(n log n) by W. R. Knight's algorithm ("A computer method for calculating Kendall's tau with
 * ungrouped data", Journal of the American Statistical Association 61, 1966): order by a, then count the exchanges that
 * a merge sort by b makes.
 *
 * Infinities are ordinary values at the ends of the scale.
 * @returns NaN where tau is undefined: when one list is constant or shorter than 2, or holds a NaN.
 * @throws RangeError when the lists differ in length.
 */
export function kendallTauB(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`Kendall's tau needs lists of one length, not of ${a.length} and ${b.length}`);
  }
  // Float64 holds every float32 exactly, so that nothing is tied that was not tied before.
  const [first, second] = [Float64Array.from(a), Float64Array.from(b)];
  if (first.some(Number.isNaN) || second.some(Number.isNaN)) return Number.NaN;
  const order = Uint32Array.from(first, (_, index) => index);
  order.sort((i, j) => compare(first, i, j) || compare(second, i, j));
  const byFirst = (i: number, j: number): boolean => compare(first, i, j) === 0;
  const bySecond = (i: number, j: number): boolean => compare(second, i, j) === 0;

  const pairs = pairsAmong(order.length);
  const tiedInFirst = tiedPairs(order, byFirst);
  const tiedInBoth = tiedPairs(order, (i, j) => byFirst(i, j) && bySecond(i, j));
  const discordant = sortCountingExchanges(Float64Array.from(order, (index) => second[index] as number));
  order.sort((i, j) => compare(second, i, j));
  const tiedInSecond = tiedPairs(order, bySecond);

  const concordant = pairs - tiedInFirst - tiedInSecond + tiedInBoth - discordant;
  // 0 / 0 where a list is constant: NaN, as promised.
  return (concordant - discordant) / Math.sqrt((pairs - tiedInFirst) * (pairs - tiedInSecond));
}

/** Not a subtraction: the difference of two equal infinities is NaN. */
function compare(values: Float64Array, i: number, j: number): number {
  const [left, right] = [values[i] as number, values[j] as number];
  return left < right ? -1 : left > right ? 1 : 0;
}

function pairsAmong(count: number): number {
  return (count * (count - 1)) / 2;
}

/** Pairs within the runs of neighbours that are equal. */
function tiedPairs(order: Uint32Array, equal: (i: number, j: number) => boolean): number {
  let pairs = 0;
  let run = 0;
  for (let place = 1; place < order.length; place++) {
    run = equal(order[place - 1] as number, order[place] as number) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Sorts by merging, and counts the pairs that stood in the wrong order. */
function sortCountingExchanges(values: Float64Array): number {
  const { length } = values;
  let source = values;
  let target: Float64Array = new Float64Array(length);
  let exchanges = 0;
  for (let width = 1; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      exchanges += merge(source, target, start, middle, Math.min(middle + width, length));
    }
    [source, target] = [target, source];
  }
  return exchanges;
}

/** Merges two sorted neighbours, `start` to `middle` and `middle` to `end`. @returns how many pairs it exchanged. */
function merge(
  source: Float64Array,
  target: Float64Array,
  start: number,
  middle: number,
  end: number,
): number {
  let exchanges = 0;
  let [left, right] = [start, middle];
  for (let place = start; place < end; place++) {
    const takeLeft =
      left < middle && (right === end || (source[left] as number) <= (source[right] as number));
    // A value from the right passes everything that is left on the left.
    if (!takeLeft) exchanges += middle - left;
    target[place] = source[takeLeft ? left++ : right++] as number;
  }
  return exchanges;
}
