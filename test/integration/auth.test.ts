import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import { Client } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

const REQUEST = { query: QUERY, documents: DOCUMENTS };
const SAME_MODEL = { model_path: 'local://demo' };

describe('a server with keys', () => {
  let server: ServiceUnderTest;
  beforeAll(async () => {
    server = await startService({ RERANK_API_KEY: 'api-secret', RERANK_ADMIN_KEY: 'admin-secret' });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const spellings = (key: string): Record<string, string>[] => [
    { authorization: `Bearer ${key}` },
    { authorization: `bearer ${key}` },
    { authorization: `BEARER  ${key}` },
    { authorization: key },
    { 'api-key': key },
    { 'x-api-key': key },
  ];

  it.each(spellings('api-secret'))('takes the API key as %j', async (headers) => {
    expect((await server.client.post('/rerank', REQUEST, headers)).status).toBe(200);
    expect((await server.client.get('/info', headers)).status).toBe(200);
    expect((await server.client.get('/models', headers)).status).toBe(200);
  });

  it.each(spellings('admin-secret'))('takes the admin key as %j, for requests too', async (headers) => {
    expect((await server.client.post('/update', SAME_MODEL, headers)).status).toBe(200);
    expect((await server.client.post('/rerank', REQUEST, headers)).status).toBe(200);
  });

  it.each([
    {},
    { authorization: 'Bearer None' },
    { authorization: 'Bearer ' },
    { 'x-api-key': 'api-secret2' },
  ])('refuses %j and says what is missing', async (headers) => {
    for (const path of ['/rerank', '/v1/rerank', '/v2/rerank']) {
      const answer = await server.client.post(path, REQUEST, headers);
      const error = expectError(answer, 401, 'unauthorized', /needs an API key/);
      expect(error.detail).toContain('Authorization: Bearer');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expectError(await server.client.get('/info', headers), 401, 'unauthorized', /API key/);
  });

  it('asks for the key before it reads a body', async () => {
    const answer = await server.client.send('POST', '/rerank', {
      body: '{',
      headers: { 'content-type': 'text/plain' },
    });
    expectError(answer, 401, 'unauthorized', /API key/);
  });

  it('does not take the API key for the admin key, not even on this machine', async () => {
    const headers = { authorization: 'Bearer api-secret' };
    for (const path of ['/update', '/rollback']) {
      expectError(await server.client.post(path, SAME_MODEL, headers), 401, 'unauthorized', /administrators/);
    }
    expectError(await server.client.get('/update/x', headers), 401, 'unauthorized', /administrators/);
  });

  it('never prints a key', async () => {
    const answer = await server.client.post('/rerank', REQUEST, { authorization: 'Bearer wrong-secret' });
    expect(JSON.stringify(answer.body)).not.toMatch(/api-secret|admin-secret|wrong-secret/);
    expect(server.log.messages.join('\n')).not.toMatch(/api-secret|admin-secret|wrong-secret/);
  });

  it.each(['/healthz', '/livez', '/readyz', '/startupz', '/metrics'])(
    'answers probes without a key: %s',
    async (path) => {
      expect((await server.client.get(path)).status).toBe(200);
    },
  );
});

describe('a server without keys', () => {
  let server: ServiceUnderTest;
  beforeAll(async () => {
    server = await startService({ HOST: '0.0.0.0' });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([{}, { authorization: 'Bearer None' }, { authorization: 'Bearer undefined' }, { 'api-key': '' }])(
    'answers everybody, whatever junk is sent for a key: %j',
    async (headers) => {
      expect((await server.client.post('/rerank', REQUEST, headers)).status).toBe(200);
      expect((await server.client.post('/update', SAME_MODEL, headers)).status).toBe(200);
    },
  );

  it('takes updates from this machine', async () => {
    const local = new Client(`http://localhost:${server.service.port}`);
    expect((await local.post('/update', SAME_MODEL)).status).toBe(200);
  });

  it.each<Record<string, string>>([
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-for': '' },
    { forwarded: 'for=127.0.0.1' },
    { via: '1.1 proxy' },
    { 'x-real-ip': '127.0.0.1' },
    { 'x-forwarded-host': 'localhost' },
  ])('does not take updates through a proxy: %j', async (headers) => {
    for (const path of ['/update', '/rollback']) {
      const error = expectError(
        await server.client.post(path, SAME_MODEL, headers),
        401,
        'unauthorized',
        /administrators/,
      );
      expect(error.detail).toContain('RERANK_ADMIN_KEY');
    }
    expect((await server.client.post('/rerank', REQUEST, headers)).status).toBe(200);
  });

  it.each([
    'rebound.example',
    'rebound.example:8000',
    '127.0.0.1.rebound.example',
    'localhost.rebound.example',
  ])('does not take updates under the foreign name %s', async (host) => {
    expect(await statusFor(server.service.port, host, '/update')).toBe(401);
    expect(await statusFor(server.service.port, `localhost:${server.service.port}`, '/update')).toBe(200);
  });

  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);

  it.runIf(outside)('does not take updates over another interface than the loopback one', async () => {
    const remote = new Client(`http://${outside?.address}:${server.service.port}`);
    expectError(await remote.post('/update', SAME_MODEL), 401, 'unauthorized', /administrators/);
    expect((await remote.post('/rerank', REQUEST)).status).toBe(200);
  });
});

/** fetch chooses the Host header itself. @returns the status of a POST under a name of our choice. */
function statusFor(port: number, host: string, path: string): Promise<number> {
  const body = JSON.stringify(SAME_MODEL);
  const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.once('data', (text: string) => resolve(Number(text.split(' ')[1])));
    socket.once('error', reject);
    socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });
}
