import { expect, it } from 'vitest';
import { expectedLogit, goldenCases, readGolden } from '../support/golden.ts';
import { startGolden } from '../support/golden-engine.ts';

/**
 * Root mean square of the differences, as a share of the spread. Narrow models with random weights drift most, by up to 0.036;
 * a weight in the wrong place or a forgotten scale gives 0.25 and more.
 */
const TOLERANCE = 0.06;

it.each(goldenCases.filter((name) => !readGolden(name).optional))(
  '%s in int8 stays near the logits of transformers',
  async (name) => {
    const golden = readGolden(name);
    await using engine = await startGolden(name, 'int8');
    let squares = 0;
    for (const pair of golden.pairs) {
      const [logit = Number.NaN] = await engine.logitsOf([pair]);
      squares += ((logit - expectedLogit(golden, pair.logits)) / golden.logitSpread) ** 2;
    }
    const drift = Math.sqrt(squares / golden.pairs.length);
    expect(drift).toBeLessThan(TOLERANCE);
  },
);
