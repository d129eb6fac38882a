import { lexicon, withCapitals } from '../words/lexicon.ts';
import { basicCharacters } from './characters.ts';
import { minePieces } from './mined-pieces.ts';
import { numbers } from './numbers.ts';
import { prefixed } from './prefixed.ts';
import { pseudoWords } from './pseudo-words.ts';

/** Parts of words that are learnt before words, so that unknown words come apart at sensible places. */
const MINED = { few: 220, many: 5000 };

/** Merges from which on a vocabulary is large enough for more parts than words. */
const MANY_MERGES = 5000;

export interface BytePairs {
  /** One character for each byte, in the order of the bytes. */
  readonly alphabet: readonly string[];
  /** Pairs in the order of their precedence; each makes a token that was not there before. */
  readonly merges: readonly (readonly [string, string])[];
}

/**
 * Merges for byte-level BPE, made so that certain words come out as one token. Each word is encoded with the merges so
 * far; while it has more than one token, its first two are merged. A new merge ranks behind all others, so it changes
 * nothing in how the words before were encoded.
 */
export function bytePairs(count: number): BytePairs {
  const alphabet = byteAlphabet();
  const builder = new MergeBuilder(count);
  for (const text of targets(count)) {
    if (builder.isFull) break;
    builder.learn(Array.from(Buffer.from(text), (byte) => alphabet[byte] as string));
  }
  return { alphabet, merges: builder.merges };
}

class MergeBuilder {
  readonly #count: number;
  readonly #ranks = new Map<string, number>();
  readonly #tokens = new Set<string>();
  readonly merges: (readonly [string, string])[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  get isFull(): boolean {
    return this.merges.length >= this.#count;
  }

  /** Makes one token of a word, given in single bytes, unless a part of it is a token that it doesn't come apart into. */
  learn(bytes: readonly string[]): void {
    let tokens = this.#encode(bytes);
    while (tokens.length > 1 && !this.isFull) {
      const [left, right] = tokens as [string, string];
      const merged = left + right;
      if (this.#tokens.has(merged)) return;
      this.#tokens.add(merged);
      this.#ranks.set(`${left} ${right}`, this.merges.length);
      this.merges.push([left, right]);
      tokens = this.#encode(tokens);
    }
  }

  /** Merges the pair of the lowest rank, everywhere, until there is none. */
  #encode(tokens: readonly string[]): readonly string[] {
    let best: number | undefined;
    for (let at = 1; at < tokens.length; at++) {
      const rank = this.#ranks.get(`${tokens[at - 1]} ${tokens[at]}`);
      if (rank !== undefined && (best === undefined || rank < best)) best = rank;
    }
    if (best === undefined) return tokens;
    const [left, right] = this.merges[best] as readonly [string, string];
    const merged: string[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const isPair = tokens[at] === left && tokens[at + 1] === right;
      merged.push(isPair ? left + right : (tokens[at] as string));
      if (isPair) at++;
    }
    return this.#encode(merged);
  }
}

/** What is to become one token, the most useful first, without end. */
function* targets(count: number): Generator<string> {
  const words = lexicon();
  const mined = minePieces([...words.commonest, ...words.lemmas, ...words.forms].map((word) => ` ${word}`));
  const parts = count < MANY_MERGES ? MINED.few : MINED.many;
  yield* mined.starts.slice(0, parts);
  yield* mined.inner.slice(0, parts);
  yield* prefixed(' ', words.commonest);
  yield* Array.from(basicCharacters()).filter((character) => character > '\u007f');
  yield* prefixed(' ', withCapitals(words.commonest));
  yield* numbers();
  yield* prefixed(' ', numbers());
  yield* withCapitals(words.commonest);
  yield* prefixed(' ', words.lemmas);
  yield* prefixed(' ', withCapitals(words.names));
  yield* prefixed(' ', words.forms);
  yield* words.lemmas;
  yield* prefixed(' ', withCapitals(words.lemmas));
  yield* prefixed(' ', words.foreign);
  yield* prefixed(' ', pseudoWords('latin'));
}

/**
 * A visible character for each byte, by GPT-2's rule: printable characters of Latin-1 stand for themselves, the other
 * bytes for the characters from U+0100 on.
 */
function byteAlphabet(): string[] {
  let others = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : others++));
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}
