import { slopeOf } from '../../../scripts/measuring/statistics.ts';
import type { Swap } from '../swaps.ts';

/** How the memory of the whole process tree went from swap to swap. */
export interface MemoryGrowth {
  /** Number of the swap that the growth is counted from. */
  readonly fromSwap: number;
  readonly fromBytes: number;
  readonly lastBytes: number;
  /** Bytes a swap, by least squares over all swaps since. */
  readonly bytesPerSwap: number;
  /**
   * From the begin to the end of that line, as a share of its begin. Two single samples would say less: the share of a page
   * changes with every other Node process on the machine, and a collection of garbage may fall between them.
   */
  readonly growth: number;
  readonly mainFromBytes: number;
  readonly mainLastBytes: number;
}

/** Before that the allocators and compilers of the server are still settling. */
const SETTLED_AFTER_SWAPS = 20;

/** @returns undefined where memory could not be read, or after a single swap. */
export function memoryGrowth(swaps: readonly Swap[]): MemoryGrowth | undefined {
  const fromSwap = Math.min(SETTLED_AFTER_SWAPS, Math.ceil(swaps.length / 2));
  const samples = swaps.slice(fromSwap - 1).flatMap(({ memory }) => memory ?? []);
  const [from, last] = [samples[0], samples.at(-1)];
  if (from === undefined || last === undefined || samples.length < 2) return undefined;
  const bytesPerSwap = slopeOf(samples.map(({ totalBytes }) => totalBytes));
  const rise = bytesPerSwap * (samples.length - 1);
  const mean = samples.reduce((sum, { totalBytes }) => sum + totalBytes, 0) / samples.length;
  return {
    fromSwap,
    fromBytes: from.totalBytes,
    lastBytes: last.totalBytes,
    bytesPerSwap,
    growth: rise / (mean - rise / 2),
    mainFromBytes: from.mainBytes,
    mainLastBytes: last.mainBytes,
  };
}
