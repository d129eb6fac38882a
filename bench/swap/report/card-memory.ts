import type { Findings } from '../experiment.ts';

/** Memory in use on the card, by all processes, in bytes. */
export interface CardMemory {
  readonly beforeBytes: number;
  /** When the load has gone on for a while after the last swap: arenas grow with the batches. */
  readonly afterBytes: number;
  readonly mostBytes: number;
  readonly change: number;
}

/** @returns undefined where there is no card, or it can't be asked. */
export function cardMemory({
  swaps,
  cardBytesBefore,
  cardBytesAfter: afterBytes,
}: Pick<Findings, 'swaps' | 'cardBytesBefore' | 'cardBytesAfter'>): CardMemory | undefined {
  const change = afterBytes / cardBytesBefore - 1;
  if (Number.isNaN(change)) return undefined;
  const mostBytes = Math.max(cardBytesBefore, ...swaps.map(({ cardBytes }) => cardBytes));
  return { beforeBytes: cardBytesBefore, afterBytes, mostBytes, change };
}
