import type { TextEncoder } from '../text-encoder.ts';
import { RecentWords } from './recent-words.ts';
import type { WordRules } from './word-rules.ts';

/**
 * Half of them hold nine of ten words of a language. They take 17 MiB with words of 8 letters and 2 tokens each, and 32 MiB where
 * every word is as long as it may be (32 letters) and has a token a letter.
 */
const MOST_WORDS = 65_536;

/** New words that are encoded in one go: texts with more of them are cheaper as a whole. */
const NEW_WORDS = 512;

/** The same where hardly a word comes again, as with numbers and codes. */
const FEWEST_NEW_WORDS = 32;

/** Weight of one call in the share of words that were known of late. */
const CALL_WEIGHT = 0.02;

/** The ids of a word, or the word itself where they are not known. */
type Piece = string | readonly number[];

/**
 * Encodes texts by their words, and remembers the words: the library takes microseconds for each token, most of them for words
 * that it has seen a thousand times. Texts that may not be taken apart go to the library as they are.
 */
export class WordEncoder implements TextEncoder {
  readonly #library: TextEncoder;
  readonly #rules: WordRules;
  readonly #known = new RecentWords<readonly number[]>(MOST_WORDS);
  /** Share of the words that were known of late. Everybody begins with new ones. */
  #knownShare = 1;

  /** @param rules which texts may be taken apart, and where */
  constructor(library: TextEncoder, rules: WordRules) {
    this.#library = library;
    this.#rules = rules;
  }

  async encode(texts: readonly string[]): Promise<readonly (readonly number[])[]> {
    const isNew = new Set<string>();
    const whole: number[] = [];
    const looked: Piece[][] = [];
    const pieces = texts.map((text, index): readonly Piece[] => {
      const words = this.#rules.wordsOf(text);
      const found = words?.map((word) => this.#known.get(word) ?? word);
      if (found !== undefined) looked.push(found);
      if (found !== undefined && this.#learn(found, isNew)) return found;
      whole.push(index);
      return [];
    });
    this.#noteShare(looked.flat());
    const learned = await this.#encodeNew(isNew);
    const encoded: (readonly number[])[] = pieces.map((found) => joined(found, learned));
    const others = await this.#library.encode(whole.map((index) => texts[index] as string));
    for (const [at, index] of whole.entries()) encoded[index] = others[at] ?? [];
    return encoded;
  }

  #noteShare(pieces: readonly Piece[]): void {
    if (pieces.length === 0) return;
    const known = pieces.reduce((count, piece) => count + (typeof piece === 'string' ? 0 : 1), 0);
    this.#knownShare += (known / pieces.length - this.#knownShare) * CALL_WEIGHT;
  }

  /** @returns false when there would be too many new words. */
  #learn(found: readonly Piece[], isNew: Set<string>): boolean {
    const unknown = new Set(
      found.filter((piece): piece is string => typeof piece === 'string' && !isNew.has(piece)),
    );
    const most = Math.max(FEWEST_NEW_WORDS, NEW_WORDS * this.#knownShare);
    if (isNew.size + unknown.size > most) return false;
    for (const word of unknown) isNew.add(word);
    return true;
  }

  async #encodeNew(isNew: ReadonlySet<string>): Promise<Map<string, readonly number[]>> {
    const words = [...isNew];
    const encoded = await this.#library.encode(words);
    const learned = new Map<string, readonly number[]>();
    for (const [index, word] of words.entries()) {
      const ids = encoded[index] ?? [];
      learned.set(word, ids);
      this.#known.set(word, ids);
    }
    return learned;
  }
}

function joined(pieces: readonly Piece[], learned: ReadonlyMap<string, readonly number[]>): number[] {
  const ids: number[] = [];
  for (const piece of pieces) {
    const more = typeof piece === 'string' ? (learned.get(piece) ?? []) : piece;
    for (const id of more) ids.push(id);
  }
  return ids;
}
