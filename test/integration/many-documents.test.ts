import { expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY } from '../support/capitals.ts';
import type { Reranked } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { startService } from '../support/running-service.ts';

/** Different texts, so that each has to be computed; the same ones each time. */
const texts = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${DOCUMENTS[index % DOCUMENTS.length]} ${index}`);

it.each([1_000, 10_000])('a request of %d documents gets a score for each, in its place', async (count) => {
  await using server = await startService();
  const documents = texts(count);
  const answer = await server.client.post<Reranked>('/rerank', { query: QUERY, documents, raw_scores: true });
  expect(answer.status).toBe(200);
  const { scores, results, data } = answer.body;
  expect(scores).toHaveLength(count);
  expect(new Set(results.map(({ index }) => index)).size).toBe(count);
  expect(data).toHaveLength(count);
  const sorted = results.every(
    ({ relevance_score }, at) => at === 0 || relevance_score <= (results[at - 1]?.relevance_score ?? 0),
  );
  expect(sorted).toBe(true);
  const places = [0, 127, 128, 511, count / 2, count - 1];
  const alone = await server.client.logits(
    QUERY,
    places.map((place) => documents[place]),
  );
  expect(
    largestDifference(
      alone,
      places.map((place) => scores[place] ?? Number.NaN),
    ),
  ).toBeLessThan(1e-4);
  const best = await server.client.post<unknown[]>('/rerank', { query: QUERY, texts: documents, top_n: 5 });
  expect(best.body).toHaveLength(5);
  const split = { query: QUERY, documents, raw_scores: true, long_document: 'max_passage' };
  const windows = await server.client.post<Reranked>('/rerank', split);
  expect(largestDifference(windows.body.scores, scores)).toBeLessThan(1e-4);
});

it('a request of more is refused, under each name of its list', async () => {
  await using server = await startService();
  const documents = texts(10_001);
  for (const [path, body] of [
    ['/rerank', { query: QUERY, documents }],
    ['/rerank', { query: QUERY, texts: documents }],
    ['/rerank', { query: QUERY, documents, property: '' }],
    ['/score', { text_1: QUERY, text_2: documents }],
    ['/score', { queries: documents, documents: 'one' }],
  ] as const) {
    expectError(
      await server.client.post(path, body),
      413,
      'payload_too_large',
      /holds 10001 entries; at most 10000/,
    );
  }
});
