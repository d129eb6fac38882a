import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ScoredRequest } from '../../src/model/score-pairs.ts';
import { scoreEach } from '../../src/rerank/score-each.ts';

const never = new AbortController().signal;

/** The logit says which pair it is of. */
function scored(query: string, documents: readonly string[]): ScoredRequest {
  return {
    logits: Float32Array.from(documents, (document) => Number(query) * 100 + Number(document)),
    tokens: Uint32Array.from(documents, () => 2),
    truncated: Uint8Array.from(documents, (document) => Number(document) % 2),
    tokenizationMs: Number(query),
    queueMs: 0,
    inferenceMs: 0,
    computeMs: 1,
  };
}

const digits = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 99 })), {
  minLength: 1,
  maxLength: 60,
});

it('gives every pair the score of its own query and document, and asks each query once', async () => {
  await fc.assert(
    fc.asyncProperty(digits, async (pairs) => {
      const asked: string[] = [];
      const all = await scoreEach(
        pairs.map(([query]) => String(query)),
        pairs.map(([, document]) => String(document)),
        never,
        async (query, documents) => {
          asked.push(query);
          return scored(query, documents);
        },
      );
      expect([...all.logits]).toEqual(pairs.map(([query, document]) => query * 100 + document));
      expect([...all.truncated]).toEqual(pairs.map(([, document]) => document % 2));
      expect([...all.tokens]).toEqual(pairs.map(() => 2));
      expect(all.computeMs).toBe(asked.length);
      expect(asked.toSorted()).toEqual([...new Set(pairs.map(([query]) => String(query)))].toSorted());
    }),
  );
});

it('ends the others with the failure of one', async () => {
  const queries = Array.from({ length: 50 }, (_, index) => String(index));
  let asked = 0;
  const failing = scoreEach(queries, queries, never, async (query, documents, signal) => {
    asked++;
    signal.throwIfAborted();
    if (query === '3') throw new Error('no');
    return scored(query, documents);
  });
  await expect(failing).rejects.toThrow('no');
  expect(asked).toBeLessThan(queries.length);
});
