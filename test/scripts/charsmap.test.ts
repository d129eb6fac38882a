import fc from 'fast-check';
import { Tokenizer } from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { charsMap, rules } from '../../scripts/synthesize/tokenizer/chars-map.ts';
import { doubleArray } from '../../scripts/synthesize/tokenizer/double-array.ts';

/** Values of the keys that a text begins with, as Darts-clone looks them up. */
function commonPrefixes(units: Uint32Array, text: Uint8Array): number[] {
  const offset = (unit: number): number => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  const found: number[] = [];
  let at = 0;
  let unit = units[at] ?? 0;
  at ^= offset(unit & 0x7fff_ffff);
  for (const byte of text) {
    at ^= byte;
    unit = units[at] ?? 0;
    if ((unit & 0x8000_00ff) !== byte) break;
    at ^= offset(unit);
    if (((unit >>> 8) & 1) === 1) found.push((units[at] ?? 0) & 0x7fff_ffff);
  }
  return found;
}

/** Of few different bytes, so that keys begin alike and nodes of the trie are close. */
const bytes = fc
  .array(fc.constantFrom(1, 2, 3, 6, 7, 200, 255), { minLength: 1, maxLength: 5 })
  .map((list) => Uint8Array.from(list));

describe('a double array', () => {
  it('finds the keys that a text begins with, and no others', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 60 }), bytes, (keys, other) => {
        const byText = new Map(keys.map((key) => [Buffer.from(key).toString('latin1'), key]));
        const entries = [...byText.values()].map((key, value) => [key, value] as const);
        const units = doubleArray(entries);
        for (const text of [...byText.values(), other]) {
          const expected = entries.filter(
            ([key]) => key.length <= text.length && key.every((byte, index) => byte === text[index]),
          );
          const values = expected.toSorted(([a], [b]) => a.length - b.length).map(([, value]) => value);
          expect(commonPrefixes(units, text)).toEqual(values);
        }
      }),
    );
  });
});

describe('the normalizer of xlm-roberta', () => {
  const normalizer = Tokenizer.fromString(
    JSON.stringify({
      version: '1.0',
      added_tokens: [],
      normalizer: { type: 'Precompiled', precompiled_charsmap: charsMap().toString('base64') },
      model: { type: 'Unigram', unk_id: 0, vocab: [['<unk>', 0]] },
    }),
  ).getNormalizer();

  it('replaces every character that has a rule', () => {
    expect(rules().size).toBeGreaterThan(2900);
    for (const [from, to] of rules()) {
      expect(normalizer?.normalizeString(`x ${from} x`), JSON.stringify(from)).toBe(`x ${to} x`);
    }
  });

  it.each([
    ['ＡＢＣ１２３', 'ABC123'],
    ['ﬁne ½ ㎏ ①', 'fine 1⁄2 kg 1'],
    ['cafe\u0301', 'café'],
    ['a\u00a0b\u3000c\td', 'a b c d'],
    ['zero\u200bwidth', 'zerowidth'],
    ['日本語 Größe ё', '日本語 Größe ё'],
  ])('makes of %j what NFKC does', (given, expected) => {
    expect(normalizer?.normalizeString(given)).toBe(expected);
  });
});
