import { spreadOf } from '../swap/statistics.ts';

/** `median (min–max)` */
export function middleAndRange(values: readonly number[], digits: number): string {
  const { median, max } = spreadOf(values);
  return `${median.toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${max.toFixed(digits)})`;
}
