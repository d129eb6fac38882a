import { RandomBits } from '../../../scripts/synthesize/weights/random-bits.ts';
import type { LengthDistribution } from './random-lengths.ts';

/** One request of a fixed set. */
export interface BenchRequest {
  readonly query: string;
  readonly documents: readonly string[];
}

export interface RequestShape {
  /** Requests of the set. */
  readonly requests: number;
  readonly documents: number;
  /** Lengths of whole pairs, in tokens. */
  readonly lengths: LengthDistribution;
}

/** Tokens of a query. Short enough for the shortest pair. */
const QUERY_TOKENS = 5;

/** `<s> query </s></s> document </s>` */
const SPECIAL_TOKENS = 4;

/**
 * Writes requests of random words: no two documents are alike, so nobody gains by remembering one.
 * @param words of one token each
 * @param name same name, same requests
 */
export function requestSet(words: readonly string[], shape: RequestShape, name: string): BenchRequest[] {
  const random = new RandomBits(0, `texts ${name}`);
  const text = (tokens: number): string =>
    Array.from({ length: tokens }, () => words[random.below(words.length)]).join(' ');
  return Array.from({ length: shape.requests }, () => ({
    query: text(QUERY_TOKENS),
    documents: Array.from({ length: shape.documents }, () =>
      text(Math.max(1, shape.lengths.next() - QUERY_TOKENS - SPECIAL_TOKENS)),
    ),
  }));
}
