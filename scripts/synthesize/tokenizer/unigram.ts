import { englishBeginnings, englishEndings } from '../words/english-others.ts';
import { lexicon, withCapitals } from '../words/lexicon.ts';
import { listed } from '../words/listed.ts';
import {
  allHan,
  allHangul,
  basicCharacters,
  blockCharacters,
  commonHan,
  commonHangul,
} from './characters.ts';
import { fillUp, type Shares } from './fill.ts';
import { initials, latinTriples, letterPairs } from './letter-runs.ts';
import { minePieces } from './mined-pieces.ts';
import { numbers } from './numbers.ts';
import { prefixed } from './prefixed.ts';
import { TokenList } from './token-list.ts';

/** Stands for the space in front of a word. */
export const SPACE = '▁';

/** Parts of words that go in on top of words, from each end. */
const MINED = 4000;

/** A piece and the logarithm of its probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/** What a unigram vocabulary is made of. */
export interface UnigramPlan {
  /** Tokens that come first, without a probability. */
  readonly first: readonly string[];
  /** All pieces, the first ones among them. */
  readonly size: number;
  /** Whether all Chinese and Korean characters are in, or just the common ones. */
  readonly isMultilingual: boolean;
  readonly fill: Shares;
}

/**
 * A vocabulary for the unigram model (https://arxiv.org/abs/1804.10959), which cuts a text into the pieces whose product
 * of probabilities is highest. They follow Zipf's and Mandelbrot's law, p ∝ 1 / (rank + 20), so whole words win over
 * their parts, and characters are what is left for the rest.
 */
export function unigramVocabulary(plan: UnigramPlan): ScoredPiece[] {
  const list = new TokenList(plan.size);
  list.addAll(plan.first);
  list.add(SPACE);
  list.addAll(basicCharacters());
  const words = lexicon();
  list.addAll(prefixed(SPACE, words.commonest));
  list.addAll(listed(englishEndings));
  list.addAll(prefixed(SPACE, withCapitals(words.commonest)));
  list.addAll(prefixed(SPACE, initials()));
  list.addAll(prefixed(SPACE, numbers()));
  list.addAll(prefixed(SPACE, words.lemmas));
  list.addAll(numbers(), 1000);
  list.addAll(prefixed(SPACE, withCapitals(words.names)));
  list.addAll(prefixed(SPACE, [...words.foreign, ...words.forms]));
  list.addAll(prefixed(SPACE, listed(englishBeginnings)));
  const mined = minePieces([...words.commonest, ...words.lemmas, ...words.foreign]);
  list.addAll(mined.inner, MINED);
  list.addAll(prefixed(SPACE, mined.starts), MINED);
  list.addAll(letterPairs());
  list.addAll(prefixed(SPACE, letterPairs()));
  list.addAll(commonHan());
  list.addAll(commonHangul());
  list.addAll(blockCharacters());
  if (plan.isMultilingual) {
    list.addAll(latinTriples());
    list.addAll(allHan());
    list.addAll(allHangul());
  }
  list.addAll(prefixed(SPACE, withCapitals([...words.lemmas, ...words.forms])));
  list.addAll(words.lemmas);
  fillUp(list, plan.fill, (word, goesOn) => (goesOn ? word : SPACE + word));
  return scored(list.tokens, plan.first.length);
}

function scored(tokens: readonly string[], unscored: number): ScoredPiece[] {
  let total = 0;
  for (let rank = 0; rank < tokens.length - unscored; rank++) total += weight(rank);
  return tokens.map((token, id) => [
    token,
    id < unscored ? 0 : Math.fround(Math.log(weight(id - unscored) / total)),
  ]);
}

/** What a piece of this rank weighs among all. */
function weight(rank: number): number {
  return 1 / (rank + 20);
}
