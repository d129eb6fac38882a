import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { ErrorAnswer } from '../support/client.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

type Ranks = readonly { index: number; score: number; text?: string }[];

describe('a request in the form of text-embeddings-inference', () => {
  let server: ServiceUnderTest;
  beforeAll(async () => {
    server = await startService();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const rank = (options: object = {}) =>
    server.client.post<Ranks>('/rerank', { query: QUERY, texts: DOCUMENTS, ...options });

  it('gets a bare array from the best to the worst, with the scores of the other form', async () => {
    const { status, body } = await rank();
    const other = await server.client.rerank(QUERY, DOCUMENTS);
    expect(status).toBe(200);
    expect(body).toEqual(
      other.body.results.map(({ index, relevance_score }) => ({ index, score: relevance_score })),
    );
  });

  it('gets the texts only when it asks for them', async () => {
    const { body } = await rank({ return_text: true });
    expect(body.map(({ index, text }) => text === DOCUMENTS[index])).toEqual([true, true, true, true]);
    const plain = await rank({ return_text: false });
    expect(plain.body.every((entry) => !('text' in entry))).toBe(true);
  });

  it('gets logits with raw_scores', async () => {
    const { body } = await rank({ raw_scores: true });
    const logits = await server.client.logits(QUERY, DOCUMENTS);
    expect(body.map(({ score }) => score)).toEqual(body.map(({ index }) => logits[index]));
  });

  it('is answered by every option that its clients send', async () => {
    const options = {
      truncate: false,
      truncation_direction: 'Right',
      raw_scores: false,
      top_n: 2,
      'model-id': 'x',
    };
    const { status, body } = await rank(options);
    expect(status).toBe(200);
    expect(body.map(({ index }) => index)).toHaveLength(2);
  });

  it('takes null for every optional field', async () => {
    const plain = await rank();
    const { status, body } = await rank({ top_n: null, raw_scores: null, return_text: null, truncate: null });
    expect(status).toBe(200);
    expect(body).toEqual(plain.body);
  });

  it('is refused by the name of its own field', async () => {
    const { status, body } = await server.client.post<ErrorAnswer>('/rerank', {
      query: QUERY,
      texts: ['a', 7],
    });
    expect(status).toBe(400);
    expect(body.message).toContain('texts[1]');
  });
});
