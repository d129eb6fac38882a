import { expect, it } from 'vitest';
import type { Generation } from '../../src/model/generation.ts';
import type { RerankRequest, RerankResult } from '../../src/rerank/rerank-request.ts';
import { fakeGeneration } from '../support/fake-generation.ts';
import { rerankerOver } from '../support/reranker.ts';

const client = { gone: new AbortController().signal, timeoutMs: undefined };

/** A server that takes about ten requests of `text` at once, on a model that answers when `open` says so. */
async function setUp() {
  const gate = Promise.withResolvers<void>();
  let isOpen = true;
  const score: Generation['score'] = async (_query, documents) => {
    if (!isOpen) await gate.promise;
    return {
      logits: Float32Array.from(documents, () => 1),
      tokens: Uint32Array.from(documents, () => 100),
      truncated: new Uint8Array(documents.length),
      tokenizationMs: 0,
      queueMs: 0,
      inferenceMs: 0,
      computeMs: 0,
    };
  };
  const model = Object.assign(fakeGeneration('one'), { score });
  const { reranker, slot } = await rerankerOver(model, { maxTokens: 1_000, cacheBytes: 2 ** 20 });
  const ask = (...documents: string[]): Promise<RerankResult> => {
    const request: RerankRequest = { query: 'q', documents, topN: undefined, rawScores: true };
    return reranker.rerank(request, client);
  };
  return {
    ask,
    slot,
    shut: () => {
      isOpen = false;
    },
    open: gate.resolve,
  };
}

const text = (name: string): string => name.padEnd(288, '.');

it('holds a burst of new texts to the bound, however many answers came out of the cache before', async () => {
  const { ask, shut, open } = await setUp();
  for (let time = 0; time < 300; time++) await ask(text('same'));
  shut();
  const burst = Array.from({ length: 30 }, (_, index) => ask(text(`new ${index}`)));
  open();
  const outcomes = await Promise.allSettled(burst);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  for (const outcome of outcomes.slice(10)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { type: 'overloaded' } });
  }
});

it('lets in what is in the cache when there is no room for anything else, and counts of the others what is left', async () => {
  const { ask, shut, open } = await setUp();
  const known = Array.from({ length: 20 }, (_, index) => text(`known ${index}`));
  await ask(...known);
  shut();
  const burst = Array.from({ length: 9 }, (_, index) => ask(text(`new ${index}`)));
  const mostlyKnown = ask(...known, text('another'));
  await expect(ask(text('one more'))).rejects.toMatchObject({ type: 'overloaded' });
  expect((await ask(...known)).scores).toHaveLength(20);
  open();
  expect((await mostlyKnown).scores).toHaveLength(21);
  await Promise.all(burst);
});

it('counts all of a request while one model takes the place of another: what the old one knew is of no use then', async () => {
  const { ask, slot, shut, open } = await setUp();
  const known = Array.from({ length: 30 }, (_, index) => text(`known ${index}`));
  for (const document of known) await ask(document);
  shut();
  const exchange = Promise.withResolvers<Generation>();
  const window = slot.replace(
    1_000,
    () => true,
    () => exchange.promise,
  );
  await new Promise(setImmediate);
  const waiting = known.map((document) => ask(document));
  exchange.resolve(slot.current as Generation);
  await window;
  open();
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
});
