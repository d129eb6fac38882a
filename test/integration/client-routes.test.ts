import { afterEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Reranked } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { launchService, type ServiceUnderTest, startService } from '../support/running-service.ts';

let server: ServiceUnderTest | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

const start = async (settings: Record<string, string> = {}) => (server = await startService(settings)).client;

describe('what clients ask before their first request', () => {
  it('is answered', async () => {
    const client = await start({ RERANK_MODEL_ALIASES: 'bge, rerank-v3.5' });
    for (const path of ['/.well-known/live', '/.well-known/ready']) {
      expect((await client.get(path)).status, path).toBe(204);
    }
    for (const path of ['/health', '/ping']) {
      expect(await client.get(path), path).toMatchObject({ status: 200, body: { status: 'healthy' } });
    }
    const { body: meta } = await client.get('/meta');
    expect(meta).toMatchObject({
      type: 'reranker',
      model: 'local://demo',
      digest: expect.stringMatching(/^sha256:/),
    });
    expect((await client.get('/v1/cluster/auth')).body).toEqual({ auth: false });
    const { body: list } = await client.get<{ object: string; data: { id: string; model_type: string }[] }>(
      '/v1/models',
    );
    expect(list.object).toBe('list');
    expect(list.data.map(({ id }) => id)).toEqual(['local://demo', 'bge', 'rerank-v3.5']);
    expect(list.data.every(({ model_type }) => model_type === 'rerank')).toBe(true);
    const { max_input_length } = await client.info();
    for (const id of ['local://demo', 'local%3A%2F%2Fdemo', 'BAAI/bge-reranker-v2-m3', 'bge']) {
      const { status, body } = await client.get(`/v1/models/${id}`);
      expect(status, id).toBe(200);
      expect(body, id).toMatchObject({
        id: decodeURIComponent(id),
        model_type: 'rerank',
        model_name: 'local://demo',
        max_model_len: max_input_length,
      });
    }
  });

  it('is honest while there is no model, and needs the key where models are named', async () => {
    server = await launchService({ RERANK_API_KEY: 'k' });
    const { client } = server;
    // It may be there by now; then the answers are the other ones.
    const ready = await client.get('/.well-known/ready');
    expect([204, 503]).toContain(ready.status);
    expect((await client.get('/.well-known/live')).status).toBe(204);
    await server.service.ready;
    expect((await client.get('/.well-known/ready')).status).toBe(204);
    expect((await client.get('/meta')).status).toBe(200);
    expect((await client.get('/v1/cluster/auth')).status).toBe(200);
    for (const path of ['/v1/models', '/v1/models/m']) {
      expect((await client.get(path)).status, path).toBe(401);
      expect((await client.get(path, { authorization: 'Bearer k' })).status, path).toBe(200);
    }
    for (const path of ['/score', '/v1/score', '/reranking', '/v1/reranking']) {
      expect((await client.post(path, {})).status, path).toBe(401);
    }
  });
});

describe('the name of the model', () => {
  it('is free, and the answer names the one that served', async () => {
    const client = await start();
    for (const model of ['rerank-v3.5', '', null, 'local://demo-next']) {
      expect((await client.rerank(QUERY, DOCUMENTS, { model })).body.model).toBe('local://demo');
    }
  });

  it('is refused by a strict server that does not know it, in every dialect', async () => {
    const client = await start({ RERANK_STRICT_MODEL: '1', RERANK_MODEL_ALIASES: 'rerank-v3.5' });
    for (const model of ['rerank-v3.5', 'local://demo', 'demo', '', null]) {
      const answer = await client.post<Reranked>('/rerank', { query: QUERY, documents: DOCUMENTS, model });
      expect(answer.status, String(model)).toBe(200);
      expect(answer.body.model).toBe('local://demo');
    }
    const bodies = [
      { query: QUERY, documents: DOCUMENTS },
      { query: QUERY, texts: DOCUMENTS },
      { query: QUERY, documents: DOCUMENTS, property: '' },
    ];
    for (const body of bodies) {
      const answer = await client.post('/rerank', { ...body, model: 'gpt' });
      const { detail } = expectError(answer, 404, 'model_not_found', /there is no model "gpt" here/);
      expect(detail).toContain('RERANK_MODEL_ALIASES');
    }
    const pairs = { text_1: 'a', text_2: 'b', model: 'gpt' };
    expectError(await client.post('/score', pairs), 404, 'model_not_found', /gpt/);
    expectError(await client.get('/v1/models/gpt'), 404, 'model_not_found', /gpt/);
    expect((await client.get('/v1/models/rerank-v3.5')).status).toBe(200);
  });
});
