import fc from 'fast-check';
import { Tokenizer } from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { LibraryEncoder, type TextEncoder } from '../../../src/model/tokenizer/text-encoder.ts';
import { readWordRules } from '../../../src/model/tokenizer/words/read-word-rules.ts';
import { WordEncoder } from '../../../src/model/tokenizer/words/word-encoder.ts';
import { wordRules } from '../../../src/model/tokenizer/words/word-rules.ts';

/** Counts what it is asked for. A word's ids are its characters. */
class CountingLibrary implements TextEncoder {
  readonly asked: string[] = [];

  async encode(texts: readonly string[]): Promise<number[][]> {
    this.asked.push(...texts);
    return texts.map((text) => Array.from(text.replaceAll(/\s/g, ''), (char) => char.codePointAt(0) ?? 0));
  }
}

function goldenFile(name: string): string {
  return `test/fixtures/golden/${name}/tokenizer.json`;
}

function libraryOf(file: string): LibraryEncoder {
  const tokenizer = Tokenizer.fromFile(file);
  tokenizer.disableTruncation();
  tokenizer.disablePadding();
  return new LibraryEncoder(tokenizer);
}

const words = fc.oneof(
  fc.constantFrom('the', 'The', 'reranker', 'Größe', 'naïve', 'Привет', 'ἀρχή', '2024', 'a-b', "don't", 'x.'),
  fc.constantFrom(
    '<mask>',
    '[SEP]',
    '</s>',
    'e\u0301',
    'ﬁn',
    'Ａｂ',
    '法国',
    'ไทย',
    '\u0301',
    'ﷺ',
    '👩‍🚀',
    '\u0487',
  ),
);
const spaces = fc.constantFrom(' ', ' ', ' ', '  ', '\n', '\t', '\r\n', '\u00a0', '\u3000', '');
const texts = fc.oneof(
  fc.array(fc.tuple(words, spaces), { maxLength: 12 }).map((parts) => parts.flat().join('')),
  fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

describe('encoding texts by their words', () => {
  it.each(['bert', 'distilbert', 'electra', 'deberta-v2', 'xlm-roberta', 'xlm-roberta-gelu-new'])(
    'gives the ids that the library gives for the whole text: %s',
    async (name) => {
      const file = goldenFile(name);
      const library = libraryOf(file);
      const rules = await readWordRules(file, library);
      if (rules === undefined) throw new Error('its words are not taken one by one');
      expect(rules.wordsOf('the quick brown fox')).toEqual(['the', 'quick', 'brown', 'fox']);
      const encoder = new WordEncoder(library, rules);
      await fc.assert(
        fc.asyncProperty(fc.array(texts, { maxLength: 6 }), async (batch) => {
          const wellFormed = batch.map((text) => text.toWellFormed());
          expect(await encoder.encode(wellFormed)).toEqual(await library.encode(wellFormed));
        }),
        { numRuns: 300 },
      );
    },
  );

  it.each(['roberta', 'modernbert'])('is not done where spaces belong to the words: %s', async (name) => {
    const file = goldenFile(name);
    expect(await readWordRules(file, libraryOf(file))).toBeUndefined();
  });

  it('asks the library once for each word', async () => {
    const library = new CountingLibrary();
    const encoder = new WordEncoder(library, wordRules(false, []));
    expect(await encoder.encode(['a b a', 'b c'])).toEqual([
      [97, 98, 97],
      [98, 99],
    ]);
    await encoder.encode(['c a']);
    expect(library.asked).toEqual(['a', 'b', 'c']);
  });

  it('leaves texts whole that have added tokens, other scripts, spaces of other kinds or no words', async () => {
    const whole = [
      'a <mask> b',
      'a <MASK>',
      'a 法国',
      'a  b',
      ' a',
      'a\u00a0b',
      'e\u0301 a',
      '',
      'w'.repeat(40),
    ];
    const library = new CountingLibrary();
    await new WordEncoder(library, wordRules(false, ['<mask>'])).encode(whole);
    expect(library.asked).toEqual(whole);
  });

  it('does not ask for more new words in one go than it is worth, and loses none', async () => {
    const library = new CountingLibrary();
    const encoder = new WordEncoder(library, wordRules(false, []));
    const batch = Array.from({ length: 20 }, (_, text) =>
      Array.from({ length: 100 }, (_unused, word) => `w${text}x${word}`).join(' '),
    );
    expect(await encoder.encode(batch)).toEqual(await new CountingLibrary().encode(batch));
    expect(library.asked.filter((text) => text.includes(' '))).toHaveLength(15);
    expect(library.asked).toHaveLength(515);
  });

  it('looks up ever fewer words where none comes again, and more again where they do', async () => {
    const library = new CountingLibrary();
    const encoder = new WordEncoder(library, wordRules(false, []));
    let next = 0;
    const newWords = (): string[] =>
      Array.from({ length: 30 }, () => Array.from({ length: 20 }, () => `w${next++}`).join(' '));
    for (let call = 0; call < 300; call++) await encoder.encode(newWords());
    library.asked.length = 0;
    await encoder.encode(newWords());
    expect(library.asked.filter((text) => !text.includes(' '))).toHaveLength(20);
    for (let call = 0; call < 300; call++) await encoder.encode(['w1 w2 w3']);
    library.asked.length = 0;
    await encoder.encode(newWords());
    expect(library.asked.filter((text) => !text.includes(' ')).length).toBeGreaterThan(400);
  });
});
