import { middleOf } from '../../scripts/measuring/statistics.ts';

/** `median (min–max)` */
export function middleAndRange(values: readonly number[], digits: number): string {
  const { median, least, most } = middleOf(values);
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
