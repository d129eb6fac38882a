import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { Answer } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

const MAX_BODY_BYTES = 8 * 2 ** 20;

describe('a bad request', () => {
  let server: ServiceUnderTest;
  let before: readonly number[];
  beforeAll(async () => {
    server = await startService();
    before = await server.client.logits(QUERY, DOCUMENTS);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  afterEach(async () => {
    const after = await server.client.logits(QUERY, DOCUMENTS);
    expect(largestDifference(before, after), 'a good request is no longer answered as before').toBeLessThan(
      SAME_SCORE,
    );
  });

  const post = (
    body: NonNullable<RequestInit['body']>,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    server.client.send('POST', '/rerank', {
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });

  const ok = { query: QUERY, documents: DOCUMENTS };

  it.each<[string, object, RegExp]>([
    ['no query', { query: undefined }, /^query: must be a string/],
    ['a null query', { query: null }, /^query: must be a string/],
    ['a query of another type', { query: 7 }, /^query: must be a string/],
    ['an empty query', { query: '' }, /^query: must not be empty/],
    ['a blank query', { query: ' \n\t' }, /^query: must not be empty/],
    ['no documents', { documents: undefined }, /^documents: must be a list/],
    ['null documents', { documents: null }, /^documents: must be a list/],
    ['documents that are one string', { documents: 'Paris' }, /^documents: must be a list/],
    ['an empty list', { documents: [] }, /^documents: must hold at least one/],
    [
      'a number among the documents',
      { documents: ['a', 'b', 3] },
      /^documents\[2\]: must be a string or an object/,
    ],
    [
      'a null among the documents',
      { documents: ['a', null] },
      /^documents\[1\]: must be a string or an object/,
    ],
    ['a list among the documents', { documents: [['a']] }, /^documents\[0\]: must be a string or an object/],
    ['a fractional top_n', { top_n: 1.5 }, /^top_n: must be a whole number/],
    ['a top_n that is text', { top_n: 'many' }, /^top_n: must be a whole number/],
    ['a flag that is none', { return_documents: 'maybe' }, /^return_documents: must be true or false/],
    ['a numeric flag', { raw_scores: 2 }, /^raw_scores: must be true or false/],
    ['rank_fields that are no list', { rank_fields: 'title' }, /^rank_fields/],
  ])('with %s is refused by the name of the field', async (_, fields, message) => {
    expectError(await server.client.post('/rerank', { ...ok, ...fields }), 400, 'invalid_request', message);
  });

  it('names every wrong field at once', async () => {
    const answer = await server.client.post('/rerank', { query: 1, documents: 2, top_n: 'x' });
    expectError(answer, 400, 'invalid_request', /query: .*; documents: .*; top_n: /);
  });

  it.each(['[]', 'null', '"text"', '7', '[{"query": "a"}]', 'true'])(
    'whose body is %s is told what to send',
    async (body) => {
      const error = expectError(await post(body), 400, 'invalid_request', /the body must be a JSON object/);
      expect(error.detail).toContain('"documents"');
    },
  );

  it.each(['', '{}'])('whose body is "%s" is refused', async (body) => {
    expectError(await post(body), 400, 'invalid_request', /the body must be a JSON object|query: /);
  });

  it.each(['{', '{"query": "a", documents: []}', '{"query": "a"} x', "{'query': 'a'}", '\0'])(
    'of malformed JSON (%j) is told where it ends',
    async (body) => {
      expectError(await post(body), 400, 'invalid_request', /the body is not JSON: .*JSON/);
    },
  );

  it('whose document is nested too deeply is refused', async () => {
    const deep = `${'{"a":'.repeat(20_000)}"x"${'}'.repeat(20_000)}`;
    const answer = await post(`{"query": "q", "documents": ["a", ${deep}]}`);
    expectError(answer, 400, 'invalid_request', /documents\[1\]/);
  });

  it('without a content type is told which one to send', async () => {
    const body = new TextEncoder().encode(JSON.stringify(ok));
    const answer = await server.client.send('POST', '/rerank', { body });
    expect(expectError(answer, 415, 'invalid_request', /must be JSON/).detail).toContain('application/json');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'of the content type %s is refused, because a browser sends those to anybody',
    async (type) => {
      expectError(
        await post(JSON.stringify(ok), { 'content-type': type }),
        415,
        'invalid_request',
        /must be JSON/,
      );
    },
  );

  it('in a character set that is not UTF-8 is refused', async () => {
    const answer = await post(JSON.stringify(ok), { 'content-type': 'application/json; charset=latin1' });
    expectError(answer, 415, 'invalid_request', /charset/);
  });

  it('in an unknown encoding is refused', async () => {
    expectError(await post('x', { 'content-encoding': 'zstd9' }), 415, 'invalid_request', /encoding/);
  });

  it('that is not the gzip it says it is is refused', async () => {
    expectError(await post(JSON.stringify(ok), { 'content-encoding': 'gzip' }), 400, 'invalid_request', /./);
  });

  it('that unpacks to more than the limit is refused, however small it is packed', async () => {
    const bomb = gzipSync(JSON.stringify({ query: QUERY, documents: ['a'.repeat(64 * 2 ** 20)] }));
    expect(bomb.length).toBeLessThan(MAX_BODY_BYTES / 10);
    const answer = await post(new Uint8Array(bomb), { 'content-encoding': 'gzip' });
    expectError(answer, 413, 'payload_too_large', new RegExp(`larger than ${MAX_BODY_BYTES} bytes`));
  });

  it('larger than the limit is refused with the setting that would allow it', async () => {
    const answer = await server.client.post('/rerank', { query: QUERY, documents: ['a'.repeat(10_000_000)] });
    const error = expectError(
      answer,
      413,
      'payload_too_large',
      new RegExp(`larger than ${MAX_BODY_BYTES} bytes`),
    );
    expect(error.detail).toContain('RERANK_MAX_BODY_BYTES');
  });

  it('with too many documents is refused with the setting that would allow it', async () => {
    const documents = Array.from({ length: 100_000 }, () => 'a');
    const answer = await server.client.post('/rerank', { query: QUERY, documents });
    const error = expectError(
      answer,
      413,
      'payload_too_large',
      /documents holds 100000 entries; at most 10000/,
    );
    expect(error.detail).toContain('RERANK_MAX_DOCUMENTS');
    expectError(
      await server.client.post('/rerank', { query: QUERY, texts: documents }),
      413,
      'payload_too_large',
      /texts/,
    );
  });

  it.each(['/', '/rank', '/rerank/', '/RERANK/x', '/update/x/y', '/../etc/passwd', '/__proto__'])(
    'to the unknown route %s is told so',
    async (path) => {
      const answer = await server.client.post(path, ok);
      if (path === '/rerank/') expect(answer.status).toBe(200);
      else expectError(answer, 404, 'not_found', /there is no POST \//);
    },
  );

  it.each([
    ['GET', '/rerank', 'POST'],
    ['DELETE', '/rerank', 'POST'],
    ['PUT', '/v1/rerank', 'POST'],
    ['PUT', '/update', 'GET or POST'],
    ['GET', '/rollback', 'POST'],
    ['POST', '/healthz', 'GET'],
    ['POST', '/metrics', 'GET'],
    ['PATCH', '/models', 'GET or POST'],
  ])('of the wrong method (%s %s) is told the right one', async (method, path, allowed) => {
    const answer = await server.client.send(method, path);
    expectError(answer, 405, 'invalid_request', new RegExp(`${path} takes ${allowed}, not ${method}`));
    expect(answer.headers.get('allow')).toContain(allowed.replace(' or ', ', '));
  });

  it('with a path that can not be decoded is refused', async () => {
    expectError(await server.client.get('/update/%E0%A4%A'), 400, 'invalid_request', /decode/);
  });

  it('with huge headers is refused', async () => {
    const answer = await sendRaw(
      server.client.url,
      `POST /rerank HTTP/1.1\r\nHost: localhost\r\nX-Filler: ${'a'.repeat(100_000)}\r\n\r\n`,
    );
    expectError(answer, 431, 'invalid_request', /not a valid HTTP request/);
  });

  it.each([
    ['not HTTP at all', 'hello\r\n\r\n'],
    ['two lengths', 'POST /rerank HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST /rerank HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('with %s gets the one error shape', async (_, bytes) => {
    expectError(await sendRaw(server.client.url, bytes), 400, 'invalid_request', /not a valid HTTP request/);
  });
});
