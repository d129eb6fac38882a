import { expect, it } from 'vitest';
import type { RerankRequest } from '../../src/rerank/rerank-request.ts';
import type { LiveRequest } from '../../src/serving/live/live-traffic.ts';
import { fakeGeneration } from '../support/fake-generation.ts';
import { rerankerOver } from '../support/reranker.ts';

const client = { gone: new AbortController().signal, timeoutMs: undefined };
const usual = { query: 'q', documents: ['a', 'bb'], topN: undefined, rawScores: true };

async function watched() {
  const model = fakeGeneration('one');
  const { reranker, live } = await rerankerOver(model);
  const seen: LiveRequest[] = [];
  live.observe((request) => seen.push(request));
  return { reranker, seen, vitals: live.vitalsOf(model), model };
}

it('shows observers the requests that other models can be asked too, and no others', async () => {
  const { reranker, seen, vitals } = await watched();
  const ways: Partial<RerankRequest>[] = [
    {},
    { limits: { pairTokens: 100_000, cut: { documentTokens: 4_096 } } },
    { limits: { strict: true } },
  ];
  for (const way of ways) await reranker.rerank({ ...usual, ...way }, client);
  expect(seen).toHaveLength(ways.length);
  const others: Partial<RerankRequest>[] = [
    { limits: { pairTokens: 100 } },
    { limits: { cut: { keep: 'end' } } },
    { limits: { cut: { windows: { max: 2, overlap: 0 } } } },
    { query: ['q', 'r'] },
  ];
  for (const way of others) await reranker.rerank({ ...usual, ...way }, client);
  expect(seen).toHaveLength(ways.length);
  expect(vitals.answered).toBe(ways.length + others.length);
});

it('refuses an unknown model before anything is computed, which is not the fault of the one that serves', async () => {
  const { reranker, vitals, model } = await watched();
  await expect(reranker.rerank({ ...usual, model: 'other' }, client)).rejects.toMatchObject({
    type: 'model_not_found',
  });
  expect(model.asked).toEqual([]);
  expect(vitals.failed).toBe(0);
  await expect(reranker.rerank({ ...usual, model: 'one' }, client)).resolves.toMatchObject({
    scores: [1, 2],
  });
});
