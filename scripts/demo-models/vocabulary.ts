import { listedPieces } from './listed-pieces.ts';
import { type Piece, silentPiece } from './piece.ts';
import { hanPieces, scriptPieces } from './script-pieces.ts';

/** Special tokens in the order of their ids; padding is 0 so that masking a position is a multiplication. */
export const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/**
 * ASCII punctuation and symbols, general punctuation, currency signs, and the CJK and Arabic marks, as far as
 * the normalizer leaves them as they are.
 */
const punctuation =
  '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~¡§«¬°±¶·»¿×÷‐‒–—―‘’‚“”„†‡•‰′‹›€£¥₹→←↑↓−≈≤≥、。《》「」『』【】〈〉〜・،؛؟';

/** A tokenizer's pieces in the order of their ids. */
export interface Vocabulary {
  readonly pieces: readonly Piece[];
  /** Id from which on no piece is listed: letters, digits, characters. */
  readonly firstOfScripts: number;
  /** Id from which on all pieces are Han characters that differ in nothing but their token. */
  readonly firstHan: number;
}

/** The vocabulary of the demo models. */
export function buildVocabulary(): Vocabulary {
  const byToken = new Map<string, Piece>();
  const include = (pieces: Iterable<Piece>): void => {
    for (const piece of pieces) if (!byToken.has(piece.token)) byToken.set(piece.token, piece);
  };
  include(specialTokens.map(silentPiece));
  include(listedPieces());
  include(Array.from(punctuation, silentPiece));
  const firstOfScripts = byToken.size;
  include(scriptPieces());
  const firstHan = byToken.size;
  include(hanPieces());
  return { pieces: [...byToken.values()], firstHan, firstOfScripts };
}
