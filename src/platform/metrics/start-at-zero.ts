import type { Counter } from 'prom-client';

/**
 * Gives a counter its series before anything is counted. A series that is born with its first event shows no increase:
 * `rate()` and `increase()` would never tell of the first failure.
 */
export function startAtZero<T extends string>(
  counter: Counter<T>,
  series: readonly Readonly<Record<T, string>>[],
): Counter<T> {
  for (const labels of series) counter.inc(labels, 0);
  return counter;
}
