import { describe, expect, it } from 'vitest';
import { Flow } from '../../src/batching/flow.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Cut, ScoreLimits } from '../../src/model/text-limits.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { CacheLookup, type Scored, type Texts } from '../../src/rerank/cache-lookup.ts';
import { ScoreCache } from '../../src/rerank/score-cache.ts';

const identity = {
  digest: 'd1',
  dtype: 'fp32',
  device: 'cpu',
  generation: 1,
  reference: 'local://a',
} as const;
const never = new AbortController().signal;

function cacheOf(maxBytes: number, metrics = createMetrics({ readyEngines: () => 1 })): ScoreCache {
  return new ScoreCache({ maxBytes, metrics });
}

/** A model whose score is the length of the document, and which counts what it computes. */
function modelWith(digest: string, offset = 0) {
  const computed: string[] = [];
  const generation = {
    identity: { ...identity, digest },
    maxLength: 64,
    score: async (_query: string, documents: readonly string[]) => {
      computed.push(...documents);
      return {
        logits: Float32Array.from(documents, ({ length }) => (length === 0 ? Number.NaN : length + offset)),
        tokens: Uint32Array.from(documents, ({ length }) => length),
        truncated: Uint8Array.from(documents, ({ length }) => (length > 5 ? 1 : 0)),
        tokenizationMs: 1,
        queueMs: 2,
        inferenceMs: 3,
      };
    },
  } as unknown as Generation;
  return { computed, generation };
}

describe('the score cache', () => {
  it('has different keys for whatever a score depends on, and equal ones for the same', () => {
    const cache = cacheOf(2 ** 20);
    const key = (model = {}, maxLength = 64, query = 'q', document = 'd', cut?: Cut) =>
      cache.keys({ ...identity, ...model }, maxLength, query, [document], cut)?.[0];
    const cutIn = (cut: Cut) => key({}, 64, 'q', 'd', cut);
    const keys = [
      key(),
      key({ digest: 'd2' }),
      key({ dtype: 'int8' }),
      key({ device: 'cuda' }),
      key({}, 65),
      key({}, 64, 'Q'),
      key({}, 64, 'q', 'D'),
      key({}, 64, 'qd', ''),
      cutIn({ keep: 'end' }),
      cutIn({ documentTokens: 7 }),
      cutIn({ windows: { max: 7, overlap: 8 } }),
      cutIn({ windows: { max: 8, overlap: 7 } }),
      cutIn({ windows: { max: 7, overlap: 8 }, keep: 'end' }),
      cutIn({ windows: { max: 7, overlap: 8 }, documentTokens: 7 }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key({ generation: 2, reference: 'local://b' })).toBe(key());
    expect(cutIn({ windows: { overlap: 8, max: 7 }, keep: 'end' })).toBe(
      cutIn({ keep: 'end', windows: { max: 7, overlap: 8 } }),
    );
  });

  it('forgets what was not asked for the longest time when it is full', () => {
    const cache = cacheOf(220 * 3);
    const score = { logit: 1, tokens: 1, truncated: 0 };
    for (const key of ['a', 'b', 'c']) cache.set(key, score);
    cache.get('a');
    cache.set('d', score);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('is off without memory', () => {
    expect(cacheOf(0).keys(identity, 64, 'q', ['d'])).toBeUndefined();
  });
});

describe('scoring with the cache', () => {
  const ask = async (
    cache: ScoreCache,
    generation: Generation,
    documents: readonly string[],
    limits: ScoreLimits = { maxLength: 64 },
    query: Texts['query'] = 'q',
  ): Promise<Scored> => {
    const lookup = new CacheLookup(cache, generation, { query, documents }, limits);
    const { left } = lookup;
    if (left.documents.length === 0) return lookup.complete();
    return lookup.complete(await generation.score('', left.documents, limits, never, new Flow()));
  };

  it('computes only what is not known yet, and puts all in their places', async () => {
    const cache = cacheOf(2 ** 20);
    const { computed, generation } = modelWith('d1');
    await ask(cache, generation, ['aa', 'bbbb']);
    const mixed = await ask(cache, generation, ['cccccc', 'bbbb', 'd', 'aa']);
    expect([...mixed.logits]).toEqual([6, 4, 1, 2]);
    expect([...mixed.tokens]).toEqual([6, 4, 1, 2]);
    expect([...mixed.truncated]).toEqual([1, 0, 0, 0]);
    expect(mixed.computedTokens).toBe(7);
    expect(computed).toEqual(['aa', 'bbbb', 'cccccc', 'd']);
    expect((await ask(cache, generation, ['d', 'aa'])).computedTokens).toBe(0);
  });

  it('says what is left to compute, each document with its own query', async () => {
    const cache = cacheOf(2 ** 20);
    const { generation } = modelWith('d1');
    await ask(cache, generation, ['aa', 'bb'], undefined, ['q', 'r']);
    const lookUp = (query: Texts['query'], documents: readonly string[]) =>
      new CacheLookup(cache, generation, { query, documents }, { maxLength: 64 });
    expect(lookUp(['q', 'q', 'r', 'r'], ['aa', 'bb', 'aa', 'bb']).left).toEqual({
      query: ['q', 'r'],
      documents: ['bb', 'aa'],
    });
    // One query for all is the same pair.
    expect(lookUp('q', ['aa', 'bb']).work).toEqual({ query: 'q', documents: ['bb'], maxLength: 64 });
    expect(lookUp('r', ['bb']).left.documents).toEqual([]);
  });

  it('counts what was found of requests that get their answer, and of no others', async () => {
    const metrics = createMetrics({ readyEngines: () => 1 });
    const cache = cacheOf(2 ** 20, metrics);
    const { generation } = modelWith('d1');
    await ask(cache, generation, ['aa']);
    await ask(cache, generation, ['aa', 'bb', 'cc']);
    void new CacheLookup(cache, generation, { query: 'q', documents: ['aa', 'dd'] }, { maxLength: 64 });
    const { values } = await metrics.scoreCacheLookups.get();
    expect(Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]))).toEqual({
      hit: 1,
      miss: 3,
    });
  });

  it('never gives one model the scores of another', async () => {
    const cache = cacheOf(2 ** 20);
    await ask(cache, modelWith('d1').generation, ['aa']);
    const other = modelWith('d2', 100);
    expect([...(await ask(cache, other.generation, ['aa'])).logits]).toEqual([102]);
  });

  it('never gives one length, direction or window the scores of another, nor a strict request any', async () => {
    const cache = cacheOf(2 ** 20);
    const { computed, generation } = modelWith('d1');
    const ways: ScoreLimits[] = [
      { maxLength: 64 },
      { maxLength: 32 },
      { maxLength: 64, cut: { keep: 'end' } },
      { maxLength: 64, cut: { windows: { max: 3, overlap: 2 } } },
      { maxLength: 64, cut: { documentTokens: 3 } },
      { maxLength: 64, strict: true },
    ];
    for (const limits of ways) await ask(cache, generation, ['aa'], limits);
    expect(computed).toHaveLength(ways.length);
    for (const limits of ways) await ask(cache, generation, ['aa'], limits);
    expect(computed).toHaveLength(ways.length + 1);
  });

  it('keeps no score that is not a number', async () => {
    const cache = cacheOf(2 ** 20);
    const { computed, generation } = modelWith('d1');
    await ask(cache, generation, ['']);
    await ask(cache, generation, ['']);
    expect(computed).toHaveLength(2);
  });
});
