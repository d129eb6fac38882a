import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Reranked } from '../support/client.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

let server: ServiceUnderTest;
let logits: readonly number[];
let scores: readonly number[];
beforeAll(async () => {
  server = await startService();
  logits = await server.client.logits(QUERY, DOCUMENTS);
  scores = (await server.client.rerank(QUERY, DOCUMENTS)).body.scores;
});
afterAll(() => server[Symbol.asyncDispose]());

const usual = { query: QUERY, documents: DOCUMENTS };

/** What each client really sends, and where. Its parser takes `results`, `data`, `scores`, `usage` and `meta` out of one answer. */
const SENT: readonly (readonly [client: string, path: string, body: object])[] = [
  ['Cohere v1', '/v1/rerank', { ...usual, model: 'rerank-english-v3.0', top_n: 4, max_chunks_per_doc: 10 }],
  [
    'Cohere v2',
    '/v2/rerank',
    { ...usual, model: 'rerank-v3.5', top_n: 4, max_tokens_per_doc: 4096, priority: 0 },
  ],
  ['langchain-cohere', '/v2/rerank', { ...usual, model: 'rerank-v3.5', max_tokens_per_doc: null }],
  ['Voyage (Python)', '/v1/rerank', { ...usual, model: 'rerank-2', top_k: null, truncation: true }],
  ['Jina', '/v1/rerank', { ...usual, model: 'jina-reranker-v2-base-multilingual', top_n: 4 }],
  ['vLLM, as Milvus asks it', '/rerank', usual],
  [
    'vLLM, as LiteLLM asks it',
    '/rerank',
    { ...usual, model: 'm', truncate_prompt_tokens: -1, truncation_side: 'right' },
  ],
  ['llama.cpp', '/reranking', { ...usual, model: 'm', top_n: 4 }],
  ['llama.cpp v1', '/v1/reranking', { ...usual, model: 'm', top_n: 4 }],
  ['LocalAI', '/v1/rerank', { ...usual, model: 'm', top_n: 4 }],
  [
    'Xinference',
    '/v1/rerank',
    {
      ...usual,
      model: 'm',
      top_n: null,
      max_chunks_per_doc: null,
      return_documents: false,
      return_len: null,
      kwargs: '{}',
    },
  ],
  ['Infinity', '/rerank', { ...usual, model: 'm', return_documents: false, raw_scores: false }],
  ['Together', '/v1/rerank', { ...usual, model: 'Salesforce/Llama-Rank-V1', return_documents: false }],
  ['LightRAG', '/rerank', { ...usual, model: 'm', return_documents: 'false', top_n: 4 }],
  ['Flowise', '/v1/rerank', { ...usual, model: 'm', topN: 4 }],
];

describe('the request of', () => {
  it.each(SENT)('%s to %s gets the one answer', async (_, path, body) => {
    const answer = await server.client.post<Reranked>(path, body);
    expect(answer.status).toBe(200);
    const { results, data, meta, usage } = answer.body;
    expect(answer.body.scores).toEqual(scores);
    expect(results).toEqual(
      [...DOCUMENTS.keys()]
        .toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
        .map((index) => ({ index, relevance_score: scores[index] })),
    );
    expect(data).toEqual(results);
    expect(meta.truncated).toBe(false);
    expect(Object.values(usage).every(Number.isSafeInteger)).toBe(true);
    expect(answer.headers.get('x-truncated')).toBe('0');
    expect(answer.body).not.toHaveProperty('object');
  });

  it('Together with objects and rank_fields gets the scores of those fields', async () => {
    const documents = DOCUMENTS.map((text, id) => ({ id, title: text, noise: 'flour and eggs' }));
    const { body } = await server.client.rerank(QUERY, documents, { rank_fields: ['title'] });
    expect(body.scores).toEqual(scores);
  });

  it('Xinference with return_documents gets objects with a text', async () => {
    const { body } = await server.client.rerank(QUERY, DOCUMENTS, { return_documents: true, kwargs: '{}' });
    for (const { index, document } of body.results) expect(document).toEqual({ text: DOCUMENTS[index] });
  });

  it('vLLM with chat content gets the scores of its text', async () => {
    const documents = DOCUMENTS.map((text) => ({ content: [{ type: 'text', text }] }));
    const query = { content: [{ type: 'text', text: QUERY }] };
    const { body } = await server.client.post<Reranked>('/rerank', { query, documents });
    expect(body.scores).toEqual(scores);
  });

  it('Weaviate gets its documents back in the order in which they came', async () => {
    const { body } = await server.client.post('/rerank', { ...usual, property: '' });
    expect(body).toEqual({
      scores: DOCUMENTS.map((document, index) => ({ document, score: scores[index] })),
    });
  });

  it.each([
    ['LiteLLM for TEI', { truncate: false, return_text: false }],
    [
      'Haystack for TEI',
      { raw_scores: false, truncation_direction: 'Right', truncate: false, return_text: null },
    ],
    ['Elasticsearch', { return_text: false, top_n: 4 }],
    ['R2R', { 'model-id': 'm' }],
    ['a client with both lists', { documents: null, property: null }],
  ])('%s gets a bare list', async (_, fields) => {
    const { status, body } = await server.client.post<{ index: number; score: number }[]>('/rerank', {
      query: QUERY,
      texts: DOCUMENTS,
      ...fields,
    });
    expect(status).toBe(200);
    expect(body).toHaveLength(DOCUMENTS.length);
    for (const { index, score } of body) expect(score).toBe(scores[index]);
    expect(body.map(({ score }) => score)).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('Elasticsearch for the best two gets two', async () => {
    const { body } = await server.client.post<unknown[]>('/rerank', {
      query: QUERY,
      texts: DOCUMENTS,
      top_n: 2,
    });
    expect(body).toHaveLength(2);
  });
});

describe('scores of pairs', () => {
  interface Scores {
    readonly object: string;
    readonly model: string;
    readonly created: number;
    readonly data: readonly { index: number; object: string; score: number }[];
    readonly usage: { readonly total_tokens: number };
  }
  const ask = (body: object, path = '/score') => server.client.post<Scores>(path, body);
  const scoresOf = ({ data }: Scores) => data.map(({ score }) => score);

  it.each(['/score', '/v1/score'])('come from %s in the order of the request', async (path) => {
    const { status, body, headers } = await ask({ model: 'm', text_1: QUERY, text_2: DOCUMENTS }, path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'list', model: 'local://demo' });
    expect(body.data).toEqual(scores.map((score, index) => ({ index, object: 'score', score })));
    expect(Math.abs(body.created - Date.now() / 1000)).toBeLessThan(60);
    expect(body.usage.total_tokens).toBeGreaterThan(DOCUMENTS.length);
    expect(headers.get('x-model')).toBe('local://demo');
  });

  it('may be asked for with queries and documents, and for one text', async () => {
    const all = await ask({ queries: [QUERY], documents: DOCUMENTS });
    expect(scoresOf(all.body)).toEqual(scores);
    const one = await ask({ queries: QUERY, documents: DOCUMENTS[1], use_activation: false });
    expect(scoresOf(one.body)[0]).toBeCloseTo(logits[1] ?? Number.NaN, 5);
  });

  it('of many queries are each of its own pair, by one model', async () => {
    const queries = Array.from({ length: 200 }, (_, index) =>
      index % 3 === 0 ? QUERY : `question ${index % 17}`,
    );
    const documents = queries.map((_, index) => DOCUMENTS[index % DOCUMENTS.length] ?? '');
    const { status, body } = await ask({ text_1: queries, text_2: documents, raw_scores: true });
    expect(status).toBe(200);
    for (const index of [0, 1, 2, 3, 50, 198, 199]) {
      const [expected] = await server.client.logits(queries[index] ?? '', [documents[index]]);
      expect(body.data[index]?.score).toBeCloseTo(expected ?? Number.NaN, 4);
    }
  });

  it('are refused for lists of different lengths', async () => {
    const { status, body } = await ask({ text_1: ['a', 'b'], text_2: ['c', 'd', 'e'] });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error_type: 'invalid_request', error: 'text_1 holds 2 texts and text_2 3' });
  });
});
