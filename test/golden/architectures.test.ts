import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import type { RaggedTokens } from '../../src/engine/protocol.ts';
import { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { expectedLogit, type GoldenPair, goldenCases, goldenRoot, readGolden } from '../support/golden.ts';
import { type WorkshopUnderTest, workshopOver } from '../support/workshop.ts';

/** As a share of the spread between the logits. */
const TOLERANCE = 1e-4;

const never = new AbortController().signal;

describe.each(goldenCases.filter((name) => !readGolden(name).optional))('%s', (name) => {
  const golden = readGolden(name);
  let workshop: WorkshopUnderTest;
  let engine: Engine;
  let tokenizer: Tokenizer;

  beforeAll(async () => {
    workshop = await workshopOver(goldenRoot, { RERANK_DTYPE: 'fp32' });
    const { graph, directory } = await workshop.compile(`local://${name}`);
    const options = {
      env: workshop.childEnv,
      clock: systemClock,
      logger: workshop.log.logger,
      loadTimeoutMs: 60_000,
      onRestart: () => {},
    };
    engine = await Engine.start(
      { ...options, ...graph, name: 'engine', device: 'cpu', threads: 1, runTimeoutMs: 60_000 },
      never,
    );
    const tokenizerFile = join(directory, 'tokenizer.json');
    tokenizer = await Tokenizer.start({ ...options, name: 'tokenizer', tokenizerFile }, never);
  });
  afterAll(async () => {
    engine.kill('the test is over');
    await engine.lost;
    await tokenizer.close();
    await workshop[Symbol.asyncDispose]();
  });

  const logitsOf = async (pairs: readonly GoldenPair[]): Promise<number[]> =>
    Array.from((await engine.run(rows(pairs))).logits);

  it('gives the token ids that transformers gives', async () => {
    for (const { name: what, query, document, maxLength, ...expected } of golden.pairs) {
      const { ids, typeIds } = await tokenizer.encode({ query, documents: [document], maxLength });
      expect(Array.from(ids), what).toEqual(expected.input_ids);
      if (expected.token_type_ids) expect(Array.from(typeIds), what).toEqual(expected.token_type_ids);
    }
  });

  it('gives the logits that transformers gives', async () => {
    expect(golden.pairs.length).toBeGreaterThanOrEqual(20);
    for (const pair of golden.pairs) {
      const [logit = Number.NaN] = await logitsOf([pair]);
      const difference = Math.abs(logit - expectedLogit(golden, pair.logits)) / golden.logitSpread;
      expect(difference, pair.name).toBeLessThan(TOLERANCE);
      if (pair.score !== undefined) expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(pair.score, 4);
    }
  });

  it('gives the same logits in a padded batch', async () => {
    const { pairs, logits } = golden.batch;
    const found = await logitsOf(pairs.map((index) => golden.pairs[index] as GoldenPair));
    for (const [row, outputs] of logits.entries()) {
      const difference = Math.abs((found[row] as number) - expectedLogit(golden, outputs));
      expect(difference / golden.logitSpread, `row ${row}`).toBeLessThan(TOLERANCE);
    }
  });
});

function rows(pairs: readonly GoldenPair[]): RaggedTokens {
  return {
    lengths: Uint32Array.from(pairs, ({ input_ids }) => input_ids.length),
    ids: Int32Array.from(pairs.flatMap(({ input_ids }) => input_ids)),
    typeIds: Uint8Array.from(
      pairs.flatMap(({ input_ids, token_type_ids }) => token_type_ids ?? input_ids.map(() => 0)),
    ),
  };
}
