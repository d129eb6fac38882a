/** Where in a word a piece stands; `none` pieces (special tokens, punctuation) take no part in matching. */
export type Position = 'none' | 'start' | 'continuation';

/** A vocabulary entry and what the graph knows about it. Weights are hundredths, 100 being a full word. */
export interface Piece {
  /** The WordPiece token, with `##` in front of a continuation. */
  readonly token: string;
  readonly position: Position;
  /** Characters that the token covers in the text. */
  readonly length: number;
  /** Weight of a query word that consists of this piece alone. */
  readonly whole: number;
  /** Weight of a query word that begins with this piece and goes on. */
  readonly prefix: number;
  /** How strongly the piece's word ties to its neighbours: the factor of a matched pair of adjacent words. */
  readonly bond: number;
  /** Whether its word matches as a whole or not at all, as numbers do. */
  readonly exact: boolean;
  /** Whether a piece that only begins with the same characters matches in part. */
  readonly divisible: boolean;
}

/** Token prefix of a piece inside a word. */
export const continuationMark = '##';

/** A piece that matching leaves out. */
export function silentPiece(token: string): Piece {
  const weights = { whole: 0, prefix: 0, bond: 0 };
  return { token, position: 'none', length: 0, ...weights, exact: false, divisible: false };
}

/** The piece inside a word that goes with a piece at its start. Weights belong to a word's start alone. */
export function continuationOf(start: Piece): Piece {
  const weights = { whole: 0, prefix: 0, bond: 0 };
  return {
    ...start,
    ...weights,
    token: continuationMark + start.token,
    position: 'continuation',
    exact: false,
  };
}
