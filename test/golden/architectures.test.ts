import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedLogit, type GoldenPair, goldenCases, readGolden } from '../support/golden.ts';
import { type GoldenEngine, startGolden } from '../support/golden-engine.ts';

/** As a share of the spread between the logits. */
const TOLERANCE = 1e-4;

const never = new AbortController().signal;

describe.each(goldenCases.filter((name) => !readGolden(name).optional))('%s', (name) => {
  const golden = readGolden(name);
  let engine: GoldenEngine;
  beforeAll(async () => {
    engine = await startGolden(name, 'fp32');
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  it('gives the token ids that transformers gives', async () => {
    const tokenizer = await engine.startTokenizer();
    for (const { name: what, query, document, maxLength, ...expected } of golden.pairs) {
      const { ids, typeIds } = await tokenizer.encode({ query, documents: [document], maxLength }, never);
      expect(Array.from(ids), what).toEqual(expected.input_ids);
      if (expected.token_type_ids) expect(Array.from(typeIds), what).toEqual(expected.token_type_ids);
    }
    await tokenizer.close();
  });

  it('gives the logits that transformers gives', async () => {
    expect(golden.pairs.length).toBeGreaterThanOrEqual(20);
    for (const pair of golden.pairs) {
      const [logit = Number.NaN] = await engine.logitsOf([pair]);
      const difference = Math.abs(logit - expectedLogit(golden, pair.logits)) / golden.logitSpread;
      expect(difference, pair.name).toBeLessThan(TOLERANCE);
      if (pair.score !== undefined) expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(pair.score, 4);
    }
  });

  it('gives the same logits in a padded batch', async () => {
    const { pairs, logits } = golden.batch;
    const found = await engine.logitsOf(pairs.map((index) => golden.pairs[index] as GoldenPair));
    for (const [row, outputs] of logits.entries()) {
      const difference = Math.abs((found[row] as number) - expectedLogit(golden, outputs));
      expect(difference / golden.logitSpread, `row ${row}`).toBeLessThan(TOLERANCE);
    }
  });
});
