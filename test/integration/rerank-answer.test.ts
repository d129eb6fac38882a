import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Reranked } from '../support/client.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

describe('the answer to a rerank request', () => {
  let server: ServiceUnderTest;
  beforeAll(async () => {
    server = await startService();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const indexes = (answer: Reranked): number[] => answer.results.map(({ index }) => index);

  it('holds everything that any client looks for, in one object', async () => {
    const { body } = await server.client.rerank(QUERY, DOCUMENTS);
    expect(Object.keys(body).toSorted()).toEqual([
      'data',
      'id',
      'meta',
      'model',
      'results',
      'scores',
      'usage',
    ]);
    expect(body.model).toBe('local://demo');
    expect(body.scores).toHaveLength(DOCUMENTS.length);
    expect(body.usage.prompt_tokens).toBeGreaterThan(DOCUMENTS.length);
    expect(body.usage).toEqual({
      prompt_tokens: body.usage.prompt_tokens,
      completion_tokens: 0,
      total_tokens: body.usage.prompt_tokens,
    });
    expect(body.meta).toEqual({
      api_version: { version: '2' },
      billed_units: { search_units: 1 },
      tokens: { input_tokens: body.usage.prompt_tokens, output_tokens: 0 },
      truncated: false,
    });
  });

  it('lists scores in the order of the request, and results from the best to the worst', async () => {
    const { body } = await server.client.rerank(QUERY, DOCUMENTS);
    const best = indexes(body);
    expect(best[0]).toBe(1);
    expect(best.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect(body.results).toEqual(best.map((index) => ({ index, relevance_score: body.scores[index] })));
    expect(body.data).toEqual(body.results);
    const scores = body.results.map((result) => result.relevance_score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(scores).size).toBe(DOCUMENTS.length);
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
  });

  it('keeps the order of the request among documents that tie', async () => {
    const documents = ['same text', DOCUMENTS[1], 'same text', DOCUMENTS[1], 'same text'];
    const { body } = await server.client.rerank(QUERY, documents);
    expect(indexes(body)).toEqual([1, 3, 0, 2, 4]);
  });

  it('says in its headers which model answered and where the time went', async () => {
    const { headers, body } = await server.client.rerank(QUERY, DOCUMENTS);
    const { current } = await server.client.models();
    expect(headers.get('x-model')).toBe('local://demo');
    expect(headers.get('x-model-digest')).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(headers.get('x-model-digest')).toBe(current?.digest);
    expect(headers.get('x-model-generation')).toBe('1');
    expect(headers.get('x-compute-tokens')).toBe(String(body.usage.total_tokens));
    for (const name of ['x-total-time', 'x-tokenization-time', 'x-queue-time', 'x-inference-time']) {
      expect(headers.get(name), name).toMatch(/^\d+$/);
    }
  });

  it('carries the request id of the client, or one of its own', async () => {
    const send = (headers: Record<string, string>) =>
      server.client.post<Reranked>('/rerank', { query: QUERY, documents: DOCUMENTS }, headers);
    const named = await send({ 'x-request-id': 'trace-42' });
    expect(named.headers.get('x-request-id')).toBe('trace-42');
    expect(named.body.id).toBe('trace-42');
    const own = await send({});
    expect(own.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const forged = await send({ 'x-request-id': 'a b <script>' });
    expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['top_n', 'top_k', 'topN'])('is cut to %s results, while scores stay whole', async (name) => {
    const { body } = await server.client.rerank(QUERY, DOCUMENTS, { [name]: 2 });
    const whole = await server.client.rerank(QUERY, DOCUMENTS);
    expect(indexes(body)).toEqual(indexes(whole.body).slice(0, 2));
    expect(body.data).toHaveLength(2);
    expect(body.scores).toEqual(whole.body.scores);
  });

  it.each([null, 0, -1, 4, 5, 1_000_000])('holds all results when top_n is %s', async (top_n) => {
    const { body } = await server.client.rerank(QUERY, DOCUMENTS, { top_n });
    expect(body.results).toHaveLength(DOCUMENTS.length);
  });

  it('leaves documents out unless they are asked for', async () => {
    for (const return_documents of [false, null, 'false', undefined]) {
      const { body } = await server.client.rerank(QUERY, DOCUMENTS, { return_documents });
      for (const result of [...body.results, ...body.data]) {
        expect(Object.keys(result), String(return_documents)).toEqual(['index', 'relevance_score']);
      }
    }
  });

  it.each([true, 'true'])('returns documents when return_documents is %j', async (return_documents) => {
    const documents = [...DOCUMENTS, { text: 'Paris, France', source: 'atlas' }];
    const { body } = await server.client.rerank(QUERY, documents, { return_documents });
    const texts = [...DOCUMENTS, 'Paris, France'];
    expect(body.results).toHaveLength(documents.length);
    for (const [at, { index, document }] of body.results.entries()) {
      const source = index === DOCUMENTS.length ? { source: 'atlas' } : {};
      expect(document).toEqual({ ...source, text: texts[index] });
      expect(body.data[at]?.document).toBe(texts[index]);
    }
  });

  it.each([
    { raw_scores: true },
    { use_activation: false },
    { raw_scores: 'true' },
    { use_activation: 'false' },
  ])('holds logits with %j', async (option) => {
    const scores = (await server.client.rerank(QUERY, DOCUMENTS)).body.scores;
    const { body } = await server.client.rerank(QUERY, DOCUMENTS, option);
    for (const [index, logit] of body.scores.entries()) {
      expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(scores[index] ?? Number.NaN, 5);
    }
    expect(Math.min(...body.scores)).toBeLessThan(0);
    expect(body.results[0]?.relevance_score).toBe(body.scores[1]);
  });

  it('takes null for every optional field, and ignores unknown ones', async () => {
    const plain = await server.client.rerank(QUERY, DOCUMENTS);
    const { body } = await server.client.rerank(QUERY, DOCUMENTS, {
      model: null,
      top_n: null,
      top_k: null,
      topN: null,
      return_documents: null,
      rank_fields: null,
      raw_scores: null,
      use_activation: null,
      max_tokens_per_doc: null,
      max_chunks_per_doc: null,
      priority: null,
      kwargs: '{}',
    });
    expect(body.results).toEqual(plain.body.results);
    expect(body.scores).toEqual(plain.body.scores);
  });

  it('names the model that served when the request asks for another one', async () => {
    const { body } = await server.client.rerank(QUERY, DOCUMENTS, { model: 'rerank-v3.5' });
    expect(body.model).toBe('local://demo');
  });

  it.each(['/v1/rerank', '/v2/rerank'])('is the same at %s', async (path) => {
    const plain = await server.client.rerank(QUERY, DOCUMENTS);
    const { status, body } = await server.client.post<Reranked>(path, { query: QUERY, documents: DOCUMENTS });
    expect(status).toBe(200);
    expect({ ...body, id: '' }).toEqual({ ...plain.body, id: '' });
  });
});
