import type { EnginePort } from '../engine/port.ts';
import type { RaggedTokens } from '../engine/protocol.ts';
import type { PendingPair } from './pending-pair.ts';

/** Pairs that run together, and how often an engine has already ended over them. */
export interface Batch {
  readonly pairs: readonly PendingPair[];
  readonly lostEngines: number;
  /** How often a device failed under it, which is not its fault. */
  readonly lostDevices?: number;
  /** It ran once more as it is, after it had found too little memory. */
  readonly isSecondTry?: boolean;
}

/** The token rows of a batch, back to back, in the order of its pairs. */
export function gatherTokens(pairs: readonly PendingPair[]): RaggedTokens {
  const lengths = Uint32Array.from(pairs, ({ ids }) => ids.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ids = new Int32Array(total);
  const typeIds = new Uint8Array(total);
  let at = 0;
  for (const pair of pairs) {
    ids.set(pair.ids, at);
    typeIds.set(pair.typeIds, at);
    at += pair.ids.length;
  }
  return { lengths, ids, typeIds };
}

/** Tokens that the engine computes: those of the rows, and where it pads them, the padding. */
export function computedTokens(
  lengths: Uint32Array,
  engines: Pick<EnginePort, 'layout' | 'paddedWidth'>,
): number {
  if (engines.layout === 'packed') return lengths.reduce((sum, length) => sum + length, 0);
  return (
    lengths.length * engines.paddedWidth(lengths.reduce((longest, length) => Math.max(longest, length), 0))
  );
}

/** One batch a pair, so that what is wrong with one can't hurt another. */
export function splitIntoPairs(pairs: readonly PendingPair[], lostEngines: number): Batch[] {
  return pairs.map((pair) => ({ pairs: [pair], lostEngines }));
}
