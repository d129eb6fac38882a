import { describe, expect, it } from 'vitest';
import { DemoScorer, demoModels } from './demo-scorer.ts';

describe.each(demoModels)('%s on odd input', async (name) => {
  const scorer = await DemoScorer.load(name);

  it.each([
    ['nothing at all', '', ''],
    ['an empty query', '', 'some document'],
    ['an empty document', 'some query', ''],
    ['punctuation', '?!…', '—.;'],
    ['emoji', '😀😀', 'well 😀 done'],
    ['an unknown script', 'ᚠᚢᚦ', 'ᚠᚢᚦ'],
    ['an overlong word', 'x'.repeat(5000), 'y'.repeat(5000)],
    ['control characters', '\u0000\u0007', 'a\u0000b'],
    ['a lone surrogate', '\ud800', '\udfff'],
    ['grammar only', 'to be or not to be', 'what is it'],
  ])('answers %s with a finite number', async (_, query, document) => {
    const [logit = Number.NaN] = await scorer.score(query, [document]);
    expect(Number.isFinite(logit)).toBe(true);
  });

  it('gives a row of nothing but padding a finite number, and its neighbour the usual one', async () => {
    const pair = await scorer.encode('tulip bulbs', 'Bulbs of tulips are planted in autumn');
    const [expected] = await scorer.run([pair]);
    const [blank = Number.NaN, beside] = await scorer.run([{ ids: [], typeIds: [] }, pair]);
    expect(Number.isFinite(blank)).toBe(true);
    expect(beside).toBeCloseTo(expected ?? Number.NaN, 5);
  });

  it('takes a pair of 1,024 tokens', async () => {
    const half = 'Glaciers carve valleys. '.repeat(100);
    const { ids, typeIds } = await scorer.encode(half, half);
    expect(ids.length).toBeGreaterThan(1024);
    const [logit = Number.NaN] = await scorer.run([
      { ids: ids.slice(0, 1024), typeIds: typeIds.slice(0, 1024) },
    ]);
    expect(logit).toBeGreaterThan(2);
  });

  it('knows a word written with and without accents, ligatures and capitals', async () => {
    const logits = await scorer.score('straße', ['Straße', 'STRASSE', 'strasse']);
    expect(new Set(logits.map((logit) => logit.toFixed(4))).size).toBe(1);
    const [accented = 0, other = 0] = await scorer.score('cœur brûlé', ['COEUR BRULE', 'pied froid']);
    expect(accented).toBeGreaterThan(other + 3);
  });
});
