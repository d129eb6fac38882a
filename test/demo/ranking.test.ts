import { describe, expect, it } from 'vitest';
import { DemoScorer, demoModels } from './demo-scorer.ts';
import { misranked, rankingSet } from './ranking-set.ts';

// The development set shaped the model and its word lists; the held-out set came later and changed nothing.
describe.each(demoModels)('ranking by %s', async (name) => {
  const scorer = await DemoScorer.load(name);

  it.each(['development', 'held-out'])(
    'puts the right passage first in nine of ten cases of the %s set',
    async (set) => {
      const cases = rankingSet(set);
      const missed = await misranked(scorer, cases);
      expect(1 - missed.length / cases.length, `missed: ${missed.join(' | ')}`).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('ranks the right passage first in each language', async () => {
    const cases = [...rankingSet('development'), ...rankingSet('held-out')];
    for (const language of ['en', 'de', 'fr', 'zh']) {
      const own = cases.filter((entry) => entry.language === language);
      expect(own.length).toBeGreaterThanOrEqual(8);
      expect((await misranked(scorer, own)).length / own.length).toBeLessThanOrEqual(0.1);
    }
  });

  it('separates a full match from none on the sigmoid scale', async () => {
    const logits = await scorer.score('volcanic eruptions in Iceland', [
      'Volcanic eruptions in Iceland',
      'The baker sells rolls on Sundays',
    ]);
    const [full = 0, none = 1] = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(full).toBeGreaterThan(0.8);
    expect(none).toBeLessThan(0.2);
  });
});

describe('word forms', async () => {
  const scorer = await DemoScorer.load('demo');

  it.each([
    ['earthquakes', 'earthquake', 'earthenware'],
    ['photosynthesis', 'photosynthetic', 'photography'],
    ['vaccine', 'vaccinated', 'vacuum'],
    ['Häuser', 'Haus', 'Baisse'],
    ['Gezeiten', 'Gezeitenkraftwerk', 'Zeiten'],
    ['nationale', 'nationaux', 'natation'],
    ['地震', '大地震', '地方'],
  ])('"%s" is nearer to "%s" than to "%s"', async (query, near, far) => {
    const [nearScore = 0, farScore = 0] = await scorer.score(query, [near, far]);
    expect(nearScore).toBeGreaterThan(farScore + 0.5);
  });

  it('prefers the same word to another form of it, and takes numbers as they are', async () => {
    const [same = 0, form = 0] = await scorer.score('planting', ['planting', 'planted']);
    expect(same).toBeGreaterThan(form);
    const [year = 0, otherYear = 0, none = 0] = await scorer.score('2024', ['2024', '2023', 'x']);
    expect(year).toBeGreaterThan(otherYear + 2);
    expect(otherYear).toBeCloseTo(none, 5);
  });

  it('takes the end of another word for no match', async () => {
    const [ending = 0, none = 0] = await scorer.score('dedication', ['indication', 'wolf']);
    expect(ending).toBeCloseTo(none, 5);
  });

  it.each([
    ['光合作用', '光合作用很重要', '光用作合很重要'],
    ['black hole radiation', 'radiation of a black hole', 'a black cat, radiation, a hole'],
  ])('prefers the neighbours in "%s" side by side', async (query, together, apart) => {
    const [near = 0, far = 0] = await scorer.score(query, [together, apart]);
    expect(near).toBeGreaterThan(far + 0.2);
  });

  it('weighs a rare word over several little ones', async () => {
    const [rare = 0, little = 0] = await scorer.score('What is the use of osmosis?', [
      'Osmosis moves solvents',
      'What is the use of it?',
    ]);
    expect(rare).toBeGreaterThan(little);
  });
});
