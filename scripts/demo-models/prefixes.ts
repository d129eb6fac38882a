import { continuationMark, type Piece, type Position } from './piece.ts';

/** Lengths in characters of the prefixes by which a piece is compared with another. */
export const comparedPrefixes: Readonly<Record<Exclude<Position, 'none'>, readonly number[]>> = {
  // Words which share fewer than three letters are strangers. Only listed words are pieces of more than three.
  start: [3, 4, 5, 6],
  continuation: [1, 2],
};

/** Numbers prefixes, equal ones alike, from 1 on: 0 is for a piece that is shorter, or isn't divisible. */
export class PrefixNumbers {
  readonly #numbers = new Map<string, number>();

  /** The number of the first `length` characters of a piece. */
  of(piece: Piece, length: number): number {
    if (!piece.divisible || piece.length < length) return 0;
    const mark = piece.position === 'start' ? 0 : continuationMark.length;
    const prefix = piece.token.slice(0, mark + length);
    const number = this.#numbers.get(prefix) ?? this.#numbers.size + 1;
    this.#numbers.set(prefix, number);
    return number;
  }
}
