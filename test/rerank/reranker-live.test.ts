import { expect, it } from 'vitest';
import type { Generation } from '../../src/model/generation.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { Admission } from '../../src/rerank/admission.ts';
import { ModelNames } from '../../src/rerank/model-names.ts';
import type { RerankRequest } from '../../src/rerank/rerank-request.ts';
import { Reranker } from '../../src/rerank/reranker.ts';
import { ScoreCache } from '../../src/rerank/score-cache.ts';
import { TokenEstimate } from '../../src/rerank/token-estimate.ts';
import { type LiveRequest, LiveTraffic } from '../../src/serving/live/live-traffic.ts';
import { ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { fakeGeneration } from '../support/fake-generation.ts';
import { ManualClock } from '../support/manual-clock.ts';

const client = { gone: new AbortController().signal, timeoutMs: undefined };
const usual = { query: 'q', documents: ['a', 'bb'], topN: undefined, rawScores: true };

async function watched() {
  const clock = new ManualClock();
  const metrics = createMetrics({ readyEngines: () => 1 });
  const slot = new ModelSlot<Generation>(clock);
  const model = fakeGeneration('one');
  await slot.swap(model);
  const live = new LiveTraffic();
  const seen: LiveRequest[] = [];
  live.observe((request) => seen.push(request));
  const reranker = new Reranker({
    slot,
    admission: new Admission({ maxTokens: 1e6, tokensPerMs: () => undefined, heldMs: () => 0, metrics }),
    estimate: new TokenEstimate(),
    cache: new ScoreCache({ maxBytes: 0, metrics }),
    names: new ModelNames({ aliases: [], strict: true }),
    maxPairs: 100,
    live,
    standby: { lease: () => undefined },
    requestTimeoutMs: 1_000,
    clock,
    metrics,
  });
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
