import type { Windows } from '../text-limits.ts';

/** Some tokens of a document. */
export interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Windows that shared more than a half would mostly compute the same again. */
function overlapIn(room: number, { overlap }: Windows): number {
  return Math.min(overlap, Math.floor(room / 2));
}

/** The most tokens of a document that windows can hold. @param room tokens of a document in one pair */
export function windowsHold(room: number, windows: Windows): number {
  return room + (windows.max - 1) * (room - overlapIn(room, windows));
}

/**
 * The fewest windows that hold all tokens. Neighbours share the overlap exactly, and all have the same length but for one
 * token: a last window of a few words would be no passage to judge.
 * @param tokens at most windowsHold
 */
export function windowsOver(tokens: number, room: number, windows: Windows): Span[] {
  if (tokens <= room) return [{ from: 0, to: tokens }];
  const overlap = overlapIn(room, windows);
  const own = tokens - overlap;
  const count = Math.ceil(own / (room - overlap));
  const start = (window: number): number => Math.floor((window * own) / count);
  return Array.from({ length: count }, (_, window) => ({
    from: start(window),
    to: start(window + 1) + overlap,
  }));
}
