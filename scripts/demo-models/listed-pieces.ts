import type { Piece } from './piece.ts';
import { ambiguous } from './words/ambiguous.ts';
import { chineseCommonCharacters, chineseFunctionCharacters } from './words/chinese.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';
import { german } from './words/german.ts';
import { spanishItalian } from './words/spanish-italian.ts';

const languages = [english, german, french, spanishItalian];

/**
 * Words and characters that are listed by hand because they say little. A word on several lists counts as
 * the first of them: ambiguous, function, framing, common.
 */
export function* listedPieces(): Generator<Piece> {
  yield* words(ambiguous, { whole: 25, bond: 10 });
  for (const language of languages) yield* words(language.function, { whole: 4, bond: 4 });
  for (const language of languages) yield* words(language.framing, { whole: 14, bond: 10 });
  for (const language of languages) yield* words(language.common, { whole: 45, bond: 25 });
  yield* characters(chineseFunctionCharacters, { whole: 2, bond: 8 });
  yield* characters(chineseCommonCharacters, { whole: 10, bond: 50 });
}

/** What a listed piece weighs when it is a whole word; as the beginning of another word it is like any piece. */
type ListedWeights = Pick<Piece, 'whole' | 'bond'>;

function* words(list: string, weights: ListedWeights): Generator<Piece> {
  for (const token of list.split(/\s+/)) {
    if (token === '') continue;
    yield {
      token,
      position: 'start',
      length: token.length,
      prefix: 100,
      exact: false,
      divisible: true,
      ...weights,
    };
  }
}

function* characters(list: string, weights: ListedWeights): Generator<Piece> {
  for (const token of list) {
    yield {
      token,
      position: 'start',
      length: 1,
      prefix: weights.whole,
      exact: true,
      divisible: false,
      ...weights,
    };
  }
}
