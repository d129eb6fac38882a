import { describe, expect, it } from 'vitest';
import { DemoScorer, demoModels, type EncodedPair } from './demo-scorer.ts';
import { rankingSet } from './ranking-set.ts';

describe.each(demoModels)('a logit of %s', async (name) => {
  const scorer = await DemoScorer.load(name);
  const pairs: EncodedPair[] = [];
  for (const { query, right, wrong } of rankingSet('held-out')) {
    for (const document of [right, ...wrong]) pairs.push(await scorer.encode(query, document));
  }
  const alone: number[] = [];
  for (const pair of pairs) alone.push((await scorer.run([pair]))[0] ?? Number.NaN);

  it('does not depend on what else is in the batch', async () => {
    expectEqual(await scorer.run(pairs), alone);
    expectEqual((await scorer.run(pairs.toReversed())).toReversed(), alone);
  });

  it('does not depend on the padding, nor on what stands there', async () => {
    expectEqual(await scorer.run(pairs, { extra: 40 }), alone);
    const someWord = pairs[0]?.ids[2] ?? 0;
    expectEqual(await scorer.run(pairs, { extra: 40, id: someWord, typeId: 0 }), alone);
    expectEqual(await scorer.run(pairs, { extra: 40, id: someWord, typeId: 1 }), alone);
  });

  it('is the same each time, in this session and in another', async () => {
    const first = await scorer.run(pairs);
    expect(await scorer.run(pairs)).toEqual(first);
    expect(await (await DemoScorer.load(name)).run(pairs)).toEqual(first);
  });
});

function expectEqual(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN))));
  expect(worst).toBeLessThan(1e-5);
}
