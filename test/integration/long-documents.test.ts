import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Reranked } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

const ANSWER = DOCUMENTS[1];
const FILLER = 'the recipe asks for eggs and flour and nothing else ';
const far = (answer: string, before: number, after: number): string =>
  `${FILLER.repeat(before)}${answer} ${FILLER.repeat(after)}`;

let server: ServiceUnderTest;
beforeAll(async () => {
  server = await startService({ RERANK_MAX_LENGTH: '128', RERANK_MAX_DOCUMENTS: '300' });
});
afterAll(() => server[Symbol.asyncDispose]());

const rerank = (documents: readonly string[], options: object = {}) =>
  server.client.rerank(QUERY, documents, { raw_scores: true, ...options });
const logit = async (document: string, options: object = {}): Promise<number> =>
  (await rerank([document], options)).body.scores[0] ?? Number.NaN;
const tei = (texts: readonly string[], options: object = {}) =>
  server.client.post('/rerank', { query: QUERY, texts, ...options });

describe('a document that is too long', () => {
  it('is cut, and every dialect says so', async () => {
    const documents = [far(ANSWER, 50, 0), 'short', far(ANSWER, 0, 50)];
    const { body, headers } = await rerank(documents);
    expect(body.meta.truncated).toBe(true);
    expect(headers.get('x-truncated')).toBe('2');
    expect((await tei(documents)).headers.get('x-truncated')).toBe('2');
    expect((await tei(documents, { truncate: false })).headers.get('x-truncated')).toBe('2');
    expect((await rerank(['short'])).headers.get('x-truncated')).toBe('0');
  });

  it('loses its start on request, in any spelling', async () => {
    const document = far(ANSWER, 50, 0);
    const last = await logit(document, { truncation_side: 'left' });
    expect(last).toBeGreaterThan(await logit(document));
    for (const truncation_direction of ['Left', 'LEFT']) {
      expect(await logit(document, { truncation_direction })).toBeCloseTo(last, 5);
    }
    const { body } = await tei([document], { truncation_direction: 'Left', raw_scores: true });
    expect((body as { score: number }[])[0]?.score).toBeCloseTo(last, 5);
  });

  it('has no more tokens than were asked for', async () => {
    const tokens = async (options: object) =>
      (await rerank([far(ANSWER, 50, 0)], options)).body.usage.total_tokens;
    expect(await tokens({})).toBe(128);
    expect(await tokens({ truncate_prompt_tokens: -1 })).toBe(128);
    expect(await tokens({ truncate_prompt_tokens: 4_000 })).toBe(128);
    expect(await tokens({ truncate_prompt_tokens: 50 })).toBe(50);
    expect(await tokens({ truncate_prompt_tokens: 10 })).toBe(10);
    const short = await tokens({ max_tokens_per_doc: 5 });
    expect(await tokens({ max_tokens_per_doc: 9 })).toBe(short + 4);
  });

  it('is refused where a cut is not wanted, and says which one it is', async () => {
    const documents = ['short', far(ANSWER, 50, 0)];
    const strict = { truncate: false, strict_truncation: true };
    for (const answer of [
      await tei(documents, strict),
      await server.client.post('/rerank', { query: QUERY, documents, strict_truncation: 'true' }),
      await server.client.post('/rerank', { query: QUERY, documents, truncation: false }),
      await server.client.post('/score', { text_1: QUERY, text_2: documents, strict_truncation: true }),
    ]) {
      const { detail } = expectError(answer, 422, 'input_too_long', /document at index 1 .*128 tokens/);
      expect(detail).toContain('max_passage');
    }
    expect((await tei(['short', ANSWER], strict)).status).toBe(200);
    const far200 = [...Array.from({ length: 200 }, (_, index) => `short ${index}`), far(ANSWER, 50, 0)];
    expectError(await tei(far200, strict), 422, 'input_too_long', /document at index 200 /);
    const longQuery = await server.client.post('/rerank', {
      query: FILLER.repeat(50),
      documents: ['a'],
      strict_truncation: true,
    });
    expectError(longQuery, 422, 'input_too_long', /the query is too long/);
    const split = { ...strict, long_document: 'max_passage', max_chunks_per_doc: 2 };
    expectError(await tei(documents, split), 422, 'input_too_long', /index 1/);
    expect((await tei(documents, { ...split, max_chunks_per_doc: 100 })).status).toBe(200);
  });

  it('shares its fate with a query that is too long: a part of it was not looked at', async () => {
    const { body, headers } = await server.client.rerank(FILLER.repeat(50), ['a', 'b']);
    expect(body.meta.truncated).toBe(true);
    expect(headers.get('x-truncated')).toBe('2');
  });
});

describe('a document in windows', () => {
  const windows = { long_document: 'max_passage', max_chunks_per_doc: 20 };

  it('is as good as its best passage, wherever that is', async () => {
    const nothing = await logit(far('', 50, 50), windows);
    for (const [before, after] of [
      [100, 0],
      [50, 50],
      [0, 100],
    ] as const) {
      const document = far(ANSWER, before, after);
      const { body, headers } = await rerank([document, DOCUMENTS[2]], windows);
      expect(body.meta.truncated).toBe(false);
      expect(headers.get('x-truncated')).toBe('0');
      expect(body.scores[0]).toBeGreaterThan(nothing + 1);
      expect(body.results[0]?.index).toBe(0);
    }
    expect(await logit(far(ANSWER, 100, 0))).toBeLessThan(nothing + 1);
  });

  it('that fits has exactly the score of the usual way, bit for bit', async () => {
    for (const document of ['', 'short', ANSWER, far(ANSWER, 3, 3)]) {
      expect(await logit(document, windows)).toBe(await logit(document));
    }
  });

  it('has the same score each time, and beside others', async () => {
    const document = far(ANSWER, 40, 40);
    const first = await logit(document, windows);
    expect(await logit(document, windows)).toBeCloseTo(first, 5);
    const { body } = await rerank([...DOCUMENTS, document, ...DOCUMENTS, document], windows);
    for (const index of [4, 9]) expect(body.scores[index]).toBeCloseTo(first, 4);
  });

  it('is cut where the windows end, and the answer says so', async () => {
    const few = { ...windows, max_chunks_per_doc: 2, overlap_tokens: 0 };
    const { body, headers } = await rerank([far(ANSWER, 100, 0)], few);
    expect(body.usage.total_tokens).toBe(2 * 128);
    expect(headers.get('x-truncated')).toBe('1');
    const end = await rerank([far(ANSWER, 100, 0)], { ...few, truncation_side: 'left' });
    expect(end.body.scores[0]).toBeGreaterThan((body.scores[0] ?? 0) + 1);
  });

  it('makes no more pairs of a request than a request may have', async () => {
    const documents = Array.from({ length: 40 }, (_, index) => far(`${index}`, 100, 0));
    const ask = (max_chunks_per_doc: number) =>
      server.client.post('/rerank', { query: QUERY, documents, ...windows, max_chunks_per_doc });
    const { detail } = expectError(await ask(8), 413, 'payload_too_large', /more than 300 windows/);
    expect(detail).toContain('max_chunks_per_doc');
    expect((await ask(7)).status).toBe(200);
    const pairs = { text_1: documents.map((_, index) => `${QUERY} ${index}`), text_2: documents };
    const each = await server.client.post('/score', { ...pairs, ...windows, max_chunks_per_doc: 8 });
    expectError(each, 413, 'payload_too_large', /windows/);
  });

  it('is spoken of in every dialect', async () => {
    const documents = [far(ANSWER, 100, 0), DOCUMENTS[2]];
    const { body } = await rerank(documents, windows);
    const scores = body.scores.map((value) => 1 / (1 + Math.exp(-value)));
    const close = (score: unknown, index: number) =>
      expect(score).toBeCloseTo(scores[index] ?? Number.NaN, 4);
    for (const { index, score } of (await tei(documents, windows)).body as {
      index: number;
      score: number;
    }[]) {
      close(score, index);
    }
    const weaviate = await server.client.post<{ scores: { score: number }[] }>('/rerank', {
      query: QUERY,
      documents,
      property: '',
      ...windows,
    });
    for (const [index, { score }] of weaviate.body.scores.entries()) close(score, index);
    const pairs = await server.client.post<{ data: { score: number }[] }>('/score', {
      text_1: QUERY,
      text_2: documents,
      ...windows,
    });
    for (const [index, { score }] of pairs.body.data.entries()) close(score, index);
  });
});

describe('a server that splits long documents by default', () => {
  it('does so unless a request says otherwise, and its cache tells both apart', async () => {
    await using splitting = await startService({
      RERANK_MAX_LENGTH: '128',
      RERANK_LONG_DOCUMENTS: 'max_passage',
      RERANK_SCORE_CACHE_BYTES: '1000000',
    });
    const ask = async (options: object = {}) => {
      const documents = [far(ANSWER, 30, 0)];
      const { body } = await splitting.client.post<Reranked>('/rerank', {
        query: QUERY,
        documents,
        ...options,
      });
      return body.scores[0] ?? Number.NaN;
    };
    const best = await ask();
    const start = await ask({ long_document: 'truncate' });
    const end = await ask({ long_document: 'truncate', truncation_side: 'left' });
    expect(best).toBeGreaterThan(start);
    expect(end).toBeGreaterThan(start);
    expect(await ask()).toBe(best);
    expect(await ask({ long_document: 'truncate' })).toBe(start);
    expect(await ask({ long_document: 'truncate', truncation_side: 'left' })).toBe(end);
    expect(new Set([best, start, end]).size).toBe(3);
  });
});
