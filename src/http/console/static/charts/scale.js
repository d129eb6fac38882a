/**
 * The least round number that is not below the value, such that half of it is round too.
 * @param {number} value
 */
export function roundUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].find((factor) => factor * power >= value * 0.999_999) ?? 10;
  return step * power;
}

/**
 * Maps numbers to places on the screen.
 * @param {readonly [number, number]} domain
 * @param {readonly [number, number]} range
 * @returns {(value: number) => number}
 */
export function linear([from, to], [start, end]) {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

/**
 * The path of a line, with a gap wherever there is no value.
 * @param {readonly (readonly [x: number, y: number | null])[]} points
 */
export function linePath(points) {
  let path = '';
  let isOpen = false;
  for (const [x, y] of points) {
    if (y === null) isOpen = false;
    else {
      path += `${isOpen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      isOpen = true;
    }
  }
  return path;
}

/**
 * The same, filled down to a base line.
 * @param {readonly (readonly [x: number, y: number | null])[]} points
 * @param {number} base
 */
export function areaPath(points, base) {
  /** @type {[number, number][][]} */
  const runs = [[]];
  for (const [x, y] of points) {
    if (y === null) runs.push([]);
    else runs.at(-1)?.push([x, y]);
  }
  return runs
    .filter((run) => run.length > 1)
    .map((run) => `${linePath(run)}L${run.at(-1)?.[0].toFixed(1)} ${base}L${run[0]?.[0].toFixed(1)} ${base}Z`)
    .join('');
}
