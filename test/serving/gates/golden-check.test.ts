import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../../../src/model/sigmoid.ts';
import type { Finding } from '../../../src/serving/gates/finding.ts';
import { checkGolden } from '../../../src/serving/gates/golden-check.ts';
import { type GoldenQuery, parseGoldenSet } from '../../../src/serving/gates/golden-set.ts';
import { fakeCandidate } from '../../support/fake-candidate.ts';

const never = new AbortController().signal;
const documents = ['a', 'b', 'c'];
const logit = (score: number): number => Math.log(score / (1 - score));

/** What is found of a model that gives these scores to every query. */
async function lookAt(queries: readonly Partial<GoldenQuery>[], scores: readonly number[]): Promise<Finding> {
  const full = queries.map((query, index) => ({ query: `question ${index}`, documents, ...query }));
  const set = parseGoldenSet(JSON.stringify({ queries: full }), 'golden.json');
  const candidate = fakeCandidate({ score: () => scores.map(logit) });
  return await checkGolden(set, candidate, never, () => {});
}

describe('the golden check', () => {
  it('passes a model that answers as expected', async () => {
    expect(
      await lookAt(
        [{ order: [1, 0, 2] }, { scores: [0.5, 0.81, 0.1] }, { logits: [0, logit(0.8), -2.2] }],
        [0.5, 0.8, 0.1],
      ),
    ).toEqual({ passed: true, message: 'every query of golden.json is answered as expected (3 in all)' });
  });

  it('names the query and the two documents that stand in the wrong order, with their scores', async () => {
    expect(await lookAt([{ order: [1, 0, 2] }, { order: [0, 1, 2] }], [0.5, 0.8, 0.1])).toEqual({
      passed: false,
      message:
        'it does not answer 1 of 2 queries of golden.json as expected: queries[1] "question 1": documents[1] (0.8000) comes before documents[0] (0.5000), which should be first',
    });
  });

  it('names the worst pair, neighbours or not', async () => {
    const { message } = await lookAt([{ order: [0, 1, 2] }], [0.5, 0.6, 0.7]);
    expect(message).toContain('documents[2] (0.7000) comes before documents[0] (0.5000)');
  });

  it('lets documents within the tolerance stand in either order, but not all the way by small steps', async () => {
    expect((await lookAt([{ order: [0, 1, 2] }], [0.5, 0.51, 0.519])).passed).toBe(true);
    expect((await lookAt([{ order: [0, 1, 2] }], [0.5, 0.515, 0.53])).passed).toBe(false);
    expect((await lookAt([{ order: [0, 1, 2], tolerance: 0.1 }], [0.5, 0.515, 0.53])).passed).toBe(true);
    expect((await lookAt([{ order: [0, 1, 2], tolerance: 0 }], [0.5, 0.5, 0.5])).passed).toBe(true);
    expect((await lookAt([{ order: [0, 1, 2], tolerance: 0 }], [0.5, 0.5, 0.501])).passed).toBe(false);
  });

  it('finds an order wrong exactly when two documents are', async () => {
    const score = fc.integer({ min: 1, max: 99 });
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(score, { minLength: 1, maxLength: 8 })
          .chain((scores) =>
            fc.tuple(
              fc.constant(scores.map((percent) => sigmoid(Math.fround(logit(percent / 100))))),
              fc.shuffledSubarray([...scores.keys()], { minLength: scores.length }),
            ),
          ),
        async ([scores, order]) => {
          const tolerance = 0.105;
          const isWrong = order.some((better, place) =>
            order.slice(place).some((worse) => (scores[worse] ?? 0) - (scores[better] ?? 0) > tolerance),
          );
          const query = { documents: scores.map(String), order, tolerance };
          expect((await lookAt([query], scores)).passed).toBe(!isWrong);
        },
      ),
    );
  });

  it('names the score or the logit that is furthest off', async () => {
    expect((await lookAt([{ scores: [0.5, 0.9, 0.2] }], [0.5, 0.8, 0.15])).message).toContain(
      'the score of documents[1] is 0.8000 instead of 0.9000, give or take 0.02',
    );
    expect((await lookAt([{ logits: [0, 0, -1], tolerance: 0.5 }], [0.5, 0.6, 0.1])).message).toContain(
      'the logit of documents[2] is -2.197 instead of -1.000, give or take 0.5',
    );
  });

  it('does not take what is no number for right', async () => {
    for (const query of [{ order: [0, 1, 2] }, { scores: [0.5, 0.5, 0.5] }, { logits: [0, 0, 0] }]) {
      expect((await lookAt([query], [0.5, Number.NaN, 0.5])).message).toContain(
        'documents[1] has no score (NaN)',
      );
      expect((await lookAt([query], [0.5, 0.5])).message).toContain('documents[2] has no score (undefined)');
    }
  });

  it('shows three problems at most', async () => {
    const queries = Array.from({ length: 5 }, () => ({ order: [2, 1, 0] }));
    const { message } = await lookAt(queries, [0.9, 0.5, 0.1]);
    expect(message).toMatch(/^it does not answer 5 of 5 queries/);
    expect(message.match(/comes before/g)).toHaveLength(3);
    expect(message).toMatch(/; and 2 more$/);
  });

  it('tells how far it is, and stops when it is told to', async () => {
    const set = parseGoldenSet(
      JSON.stringify({ queries: [1, 2, 3].map(() => ({ query: 'q', documents, order: [0, 1, 2] })) }),
      'golden.json',
    );
    const controller = new AbortController();
    let done = 0;
    const advance = (): void => {
      if (++done === 2) controller.abort(new Error('enough'));
    };
    await expect(checkGolden(set, fakeCandidate(), controller.signal, advance)).rejects.toThrow('enough');
    expect(done).toBe(2);
  });
});
