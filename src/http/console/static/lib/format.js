const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** For what is not there. */
const NONE = '–';

/**
 * Milliseconds as one reads them: `0.04 ms`, `12 ms`, `3.2 s`, `2 min 5 s`.
 * @param {number | null | undefined} ms
 */
export function duration(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NONE;
  if (ms > 0 && ms < 0.01) return '< 0.01 ms';
  if (ms < 10) return `${trim(ms.toFixed(2))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** @param {number | null | undefined} value */
export function bytes(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value >= GIB) return `${(value / GIB).toFixed(1)} GiB`;
  return `${Math.round(value / MIB)} MiB`;
}

/**
 * A figure with about three digits.
 * @param {number | null | undefined} value
 */
export function figure(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size >= 10_000) return `${trim((value / 1000).toFixed(size >= 100_000 ? 0 : 1))}k`;
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return trim(value.toFixed(size >= 10 ? 1 : 2));
}

/** @param {number | null | undefined} share 0 to 1 */
export function percent(share) {
  if (share === null || share === undefined || !Number.isFinite(share)) return NONE;
  const value = share * 100;
  return `${value > 0 && value < 10 ? trim(value.toFixed(1)) : Math.round(value)}%`;
}

/** @param {number | null | undefined} value */
export function score(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'no number';
  return value.toFixed(4);
}

/**
 * What is enough of a digest to know it again.
 * @param {string | null | undefined} digest
 */
export function shortDigest(digest) {
  return digest ? digest.replace(/^sha256:/, '').slice(0, 12) : NONE;
}

/**
 * The time of day, or the date too where it was another day.
 * @param {string | number} time
 * @param {Date} [now]
 */
export function moment(time, now = new Date()) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return NONE;
  const clock = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return date.toDateString() === now.toDateString() ? clock : `${date.toLocaleDateString()} ${clock}`;
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** @param {string} number */
function trim(number) {
  return number.includes('.') ? number.replace(/\.?0+$/, '') : number;
}
