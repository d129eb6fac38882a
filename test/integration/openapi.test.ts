import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStreamParser } from '../../src/commands/server/event-stream.ts';
import { ApiDocument, type DocumentedOperation } from '../support/api-document.ts';
import type { Updated } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

const api = new ApiDocument();
const ADMIN = { authorization: 'Bearer admin' };
const QUESTION = { query: 'q', documents: ['a'] };
const NEVER = { ids: { operation: 'none', model: 'none', asset: 'main.js' } };

let server: ServiceUnderTest;

beforeAll(async () => {
  server = await startService({
    RERANK_API_KEY: 'api',
    RERANK_ADMIN_KEY: 'admin',
    RERANK_STRICT_MODEL: '1',
    RERANK_MODEL_ALIASES: 'rerank-v3.5',
  });
});

afterAll(async () => await server[Symbol.asyncDispose]());

interface Request {
  /** As JSON, unless it is a text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks, and holds the answer against the document. */
async function ask(method: string, path: string, { body, headers = ADMIN }: Request = {}) {
  const answer = await server.client.send(method, path, {
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  expect(api.faultsOf(method, path, answer), `${method} ${path} ${JSON.stringify(answer.body)}`).toEqual([]);
  return answer;
}

function examplesOf({ requestBody }: DocumentedOperation): unknown[] {
  const media = requestBody?.content['application/json'];
  return Object.values(media?.examples ?? {}).map(({ $ref }) => api.resolve<{ value: unknown }>($ref).value);
}

/** The path of an operation, with something for its parameters. */
function pathOf({ path, parameters = [] }: DocumentedOperation, { ids } = NEVER): string {
  const [name] = parameters.flatMap(({ $ref }) => Object.keys(ids).filter((id) => $ref.endsWith(`/${id}`)));
  return path.replace(/\{\w+\}/, () => ids[name as keyof typeof ids]);
}

describe('a server and its OpenAPI document', () => {
  it('agree on every example of a request', async () => {
    // The update that is watched comes before what compares the two models that are loaded then; going back comes last.
    const order = ['updateModel', 'compareModels', 'rollbackModel'];
    const asked = api.operations
      .filter((operation) => examplesOf(operation).length > 0)
      .toSorted((a, b) => order.indexOf(a.operationId) - order.indexOf(b.operationId));
    expect(asked.length).toBeGreaterThan(9);
    for (const operation of asked) {
      for (const body of examplesOf(operation)) {
        const { status } = await ask(operation.method, operation.path, { body });
        expect(status, `${operation.operationId} ${JSON.stringify(body)}`).toBe(200);
      }
    }
  });

  it('agree on every route that only asks', async () => {
    const { body } = await ask('POST', '/update', {
      body: { model_path: 'local://demo-next', dry_run: true },
    });
    const { id } = (body as Updated).operation;
    const given = { ids: { operation: id, model: 'rerank-v3.5', asset: 'main.js' } };
    const questions = api.operations.filter(({ method, requestBody }) => method !== 'POST' || !requestBody);
    expect(questions.length).toBeGreaterThan(20);
    for (const operation of questions) {
      const { status } = await ask(operation.method, pathOf(operation, given));
      expect(status, operation.operationId).toBeLessThan(400);
    }
    expect((await ask('GET', '/v1/models/local%3A%2F%2Fdemo')).status).toBe(200);
  });

  it('agree on the events of an operation', async () => {
    const { body, headers } = await ask('POST', '/models', {
      body: { model: 'local://demo-next' },
      headers: { ...ADMIN, Prefer: 'respond-async' },
    });
    expect(headers.get('preference-applied')).toBe('respond-async');
    const { id } = (body as Updated).operation;
    const { body: stream } = await ask('GET', `/update/${id}/events`);
    const media = api.operation('GET', '/update/x/events').responses['200']?.content?.['text/event-stream'];
    const events = new EventStreamParser()
      .push(stream as string)
      .map(({ name, data }) => ({ event: name, data }));
    expect(events.at(-1)?.event).toBe('end');
    for (const event of events) {
      expect(api.validator(media?.schema ?? {})(event), JSON.stringify(event)).toBe(true);
      const validate = api.validator({ $ref: '#/components/schemas/Operation' });
      expect(validate(JSON.parse(event.data)), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it.each([
    [400, 'POST', '/rerank', { body: '{"query":' }],
    [400, 'POST', '/rerank', { body: { query: 'q', documents: [] } }],
    [400, 'POST', '/score', { body: { text_1: ['a', 'b'], text_2: ['a', 'b', 'c'] } }],
    [400, 'POST', '/update', { body: {} }],
    [404, 'POST', '/rerank', { body: { ...QUESTION, model: 'another' } }],
    [404, 'GET', '/v1/models/another', {}],
    [404, 'GET', '/update/none', {}],
    [404, 'DELETE', '/update/none', {}],
    [404, 'GET', '/update/none/events', {}],
    [404, 'GET', '/ui/none.js', {}],
    [404, 'POST', '/compare', { body: QUESTION }],
    [403, 'POST', '/update', { body: { model_path: '/etc' } }],
    [404, 'POST', '/update', { body: { model_path: 'local://none' } }],
    [422, 'POST', '/update', { body: { model_path: 'local://demo-next', dtype: 'int8' } }],
    [404, 'POST', '/rollback', { body: { to: 'local://none' } }],
    [413, 'POST', '/rerank', { body: { ...QUESTION, padding: 'x'.repeat(9 * 2 ** 20) } }],
    [413, 'POST', '/rerank', { body: { query: 'q', documents: Array.from({ length: 10_001 }, () => 'a') } }],
    [415, 'POST', '/rerank', { body: 'query=q', headers: { ...ADMIN, 'content-type': 'text/plain' } }],
    [
      422,
      'POST',
      '/rerank',
      { body: { query: 'q', documents: ['a '.repeat(9999)], strict_truncation: true } },
    ],
    [431, 'GET', '/info', { headers: manyHeaders() }],
    [504, 'POST', '/rerank', { body: { ...QUESTION, timeout_ms: 0.000001 } }],
  ])('agree on the error %i of %s %s', async (status, method, path, request: Request) => {
    expect((await ask(method, path, request)).status).toBe(status);
  });

  it('agree on what the words of a key may be', async () => {
    const schemes = Object.keys((api.document.components as { securitySchemes: object }).securitySchemes);
    expect(schemes).toEqual(['bearer', 'x-api-key', 'api-key']);
    for (const scheme of schemes) {
      const headers = scheme === 'bearer' ? { authorization: 'Bearer api' } : { [scheme]: 'api' };
      expect((await ask('GET', '/info', { headers })).status, scheme).toBe(200);
    }
    const { body } = await ask('POST', '/rollback', { body: {}, headers: { 'x-api-key': 'api' } });
    expect(body).toMatchObject({ error_type: 'unauthorized' });
  });

  it('agree on who may ask', async () => {
    for (const operation of api.operations) {
      const path = pathOf(operation);
      const body = operation.method === 'POST' ? { body: QUESTION } : {};
      const without = await ask(operation.method, path, { ...body, headers: {} });
      const isGuarded = operation.security.length > 0;
      expect(without.status === 401, operation.operationId).toBe(isGuarded);
      if (!isGuarded) continue;
      const wrong = await ask(operation.method, path, { ...body, headers: { 'x-api-key': 'wrong' } });
      // Who has guessed often gets 429.
      expect([401, 429], operation.operationId).toContain(wrong.status);
    }
  });
});

describe('GET /openapi.json', () => {
  it('is the document, and is not sent twice to who keeps it', async () => {
    const { body, headers } = await server.client.get('/openapi.json');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toMatchObject({ openapi: '3.1.1', info: { title: 'rerankd', version: 'unknown' } });
    expect((body as { paths: object }).paths).toEqual(api.document.paths);
    const etag = headers.get('etag') ?? '';
    // Without a Cache-Control of its own, fetch() adds that it wants nothing from a cache.
    const again = { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } };
    for (const path of ['/openapi.json', '/docs']) {
      const kept = (await server.client.get(path)).headers.get('etag') ?? '';
      expect(kept).toMatch(/^"[\w-]{43}"$/);
      const same = await ask('GET', path, { headers: { ...again.headers, 'if-none-match': kept } });
      expect(same.status).toBe(304);
      expect((await ask('GET', path, { headers: { 'if-none-match': '"another"' } })).status).toBe(200);
    }
    expectError(await server.client.post('/openapi.json', {}), 405, 'invalid_request', /takes GET/);
  });
});

function manyHeaders(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 140 }, (_, index) => [`x-${index}`, 'a']));
}
