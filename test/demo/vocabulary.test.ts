import { describe, expect, it } from 'vitest';
import { comparedPrefixes, PrefixNumbers } from '../../scripts/demo-models/prefixes.ts';
import { buildVocabulary, specialTokens } from '../../scripts/demo-models/vocabulary.ts';

describe('the vocabulary', () => {
  const { pieces, firstHan } = buildVocabulary();
  const piece = (token: string) => {
    const found = pieces.find((candidate) => candidate.token === token);
    if (found === undefined) throw new Error(`no piece ${token}`);
    return found;
  };

  it('lists no token twice', () => {
    expect(new Set(pieces.map(({ token }) => token)).size).toBe(pieces.length);
  });

  it('has few enough prefixes for sixteen bits', () => {
    const numbers = new PrefixNumbers();
    const lengths = [...comparedPrefixes.start, ...comparedPrefixes.continuation];
    const highest = lengths.flatMap((length) => pieces.map((piece) => numbers.of(piece, length)));
    expect(highest.reduce((a, b) => Math.max(a, b))).toBeLessThan(65_536);
  });

  it('spells all tokens as the normalizer does', () => {
    for (const { token } of pieces.slice(specialTokens.length, firstHan)) {
      const stripped = token
        .toLowerCase()
        .normalize('NFKD')
        .replaceAll(/\p{Mn}/gu, '');
      expect(token).toBe(stripped);
    }
  });

  it('ends with Han characters that are alike', () => {
    const [first, ...rest] = pieces.slice(firstHan).map((han) => ({ ...han, token: '' }));
    expect(rest.length).toBeGreaterThan(20_000);
    for (const features of rest) expect(features).toEqual(first);
  });

  it('weighs grammar below framing below common words below the rest', () => {
    const weights = ['the', 'between', 'means', 'people', 'fox'].map((token) => piece(token).whole);
    expect(weights[0]).toBe(weights[1]);
    expect(weights.slice(1)).toEqual(weights.slice(1).toSorted((a, b) => a - b));
    expect(new Set(weights).size).toBe(4);
  });

  it('numbers equal prefixes alike and keeps the two positions apart', () => {
    const numbers = new PrefixNumbers();
    expect(numbers.of(piece('##abc'), 2)).toBe(numbers.of(piece('##abx'), 2));
    expect(numbers.of(piece('##abc'), 2)).not.toBe(numbers.of(piece('abc'), 2));
    expect(numbers.of(piece('ab'), 3)).toBe(0);
    expect(numbers.of(piece('202'), 3)).toBe(0);
  });
});
