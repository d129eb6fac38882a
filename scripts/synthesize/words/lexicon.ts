import { english } from '../../demo-models/words/english.ts';
import { french } from '../../demo-models/words/french.ts';
import { german } from '../../demo-models/words/german.ts';
import { spanishItalian } from '../../demo-models/words/spanish-italian.ts';
import { RandomBits } from '../weights/random-bits.ts';
import { englishNouns } from './english-nouns.ts';
import { englishAdjectives, englishNames } from './english-others.ts';
import { englishVerbs, irregularForms } from './english-verbs.ts';
import { adverb, agent, capitalised, gerund, past, withS } from './inflect.ts';
import { listed } from './listed.ts';

/** Words in the order of how common they are, roughly: none twice, all in small letters. */
export interface Lexicon {
  /** Grammar and the commonest words. */
  readonly commonest: readonly string[];
  /** Words as a dictionary lists them. */
  readonly lemmas: readonly string[];
  /** What grammar makes of those, and rarer derivations last. */
  readonly forms: readonly string[];
  /** Words mostly written with a capital. */
  readonly names: readonly string[];
  /** The commonest words of German, French, Spanish and Italian, without accents. */
  readonly foreign: readonly string[];
}

/** What the vocabularies know of English, and a little of its neighbours. */
export function lexicon(): Lexicon {
  const nouns = listed(englishNouns);
  const verbs = listed(englishVerbs);
  const adjectives = listed(englishAdjectives);
  const seen = new Set<string>();
  const fresh = (list: Iterable<string>): string[] =>
    Array.from(list).filter((word) => !seen.has(word) && seen.add(word));
  return {
    commonest: fresh([english.function, english.framing, english.common].flatMap(listed)),
    lemmas: fresh(shuffled([...nouns, ...verbs, ...adjectives, ...listed(irregularForms)])),
    names: fresh(listed(englishNames)),
    forms: fresh([
      ...shuffled([
        ...nouns.map(withS),
        ...verbs.flatMap((verb) => [withS(verb), past(verb), gerund(verb)]),
        ...adjectives.map(adverb),
      ]),
      ...shuffled([
        ...verbs.map(agent),
        ...adjectives.flatMap((word) => (word.length <= 6 ? [`${word}er`, `${word}est`] : [])),
      ]),
    ]),
    foreign: fresh(
      [german, french, spanishItalian].flatMap((tiers) =>
        [tiers.function, tiers.framing, tiers.common].flatMap(listed),
      ),
    ),
  };
}

/** Words as they stand at the beginning of a sentence or in a name. */
export function* withCapitals(list: Iterable<string>): Generator<string> {
  for (const word of list) yield capitalised(word);
}

/** Lists come in alphabetical order, which says nothing of how common a word is. */
function shuffled(list: string[]): string[] {
  const random = new RandomBits(0, 'lexicon');
  for (let last = list.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const moved = list[last] as string;
    list[last] = list[other] as string;
    list[other] = moved;
  }
  return list;
}
