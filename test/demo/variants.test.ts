import { describe, expect, it } from 'vitest';
import { DemoScorer } from './demo-scorer.ts';
import { rankingSet } from './ranking-set.ts';

describe('demo and demo-next', async () => {
  const [demo, next] = await Promise.all([DemoScorer.load('demo'), DemoScorer.load('demo-next')]);

  it('give the same pairs visibly different scores', async () => {
    for (const { query, right } of rankingSet('development')) {
      const [before = 0] = await demo.score(query, [right]);
      const [after = 0] = await next.score(query, [right]);
      expect(Math.abs(before - after), query).toBeGreaterThan(0.1);
    }
  });

  it('encode text alike', async () => {
    expect(await next.encode('What melts?', 'Ice melts at 0 °C.')).toEqual(
      await demo.encode('What melts?', 'Ice melts at 0 °C.'),
    );
  });
});
