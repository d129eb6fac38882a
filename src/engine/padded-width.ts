import type { LoadRequest } from './protocol.ts';

/** Steps between one power of two and the next: no row of 64 tokens or more is padded by more than a fifth. */
const STEPS = 4;

/** No width is finer than this: the matrix units of a GPU work on tiles of eight and sixteen. */
const LEAST_STEP = 16;

/**
 * Tokens that every row of a padded batch has.
 *
 * What a GPU runs for a new shape it first has to choose, load or compile. Widths are therefore rounded up to a few: 16, 32, 48, 64,
 * then four steps to each doubling. A CPU has nothing to prepare, and computes no more than the longest row.
 * @param longest tokens of the longest row
 */
export function paddedWidth(
  longest: number,
  { device, maxLength = Number.POSITIVE_INFINITY }: Pick<LoadRequest, 'device' | 'maxLength'>,
): number {
  if (device === 'cpu') return longest;
  const step = Math.max(LEAST_STEP, 2 ** Math.ceil(Math.log2(Math.max(1, longest))) / (2 * STEPS));
  // Beyond its limit a model may have no positions to look up.
  return Math.max(longest, Math.min(Math.ceil(longest / step) * step, maxLength));
}
