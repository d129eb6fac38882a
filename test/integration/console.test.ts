import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import { expectError } from '../support/error-answer.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

describe('the console', () => {
  let server: ServiceUnderTest;
  beforeAll(async () => {
    server = await startService({ RERANK_API_KEY: 'api', RERANK_ADMIN_KEY: 'admin' });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is a page that everybody may load, below whatever path a proxy has', async () => {
    const redirect = await fetch(`${server.client.url}/ui`, { redirect: 'manual' });
    expect(redirect.status).toBe(307);
    expect(redirect.headers.get('location')).toBe('ui/');
    const { status, headers, body } = await server.client.get<string>('/ui/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(body).toContain('<script type="module" src="main.js">');
    expect(body).not.toMatch(/(src|href)="(\/|https?:)/);
  });

  it('lets a browser run and load nothing but its own files', async () => {
    for (const path of ['/ui/', '/ui/main.js', '/ui/styles/base.css', '/ui/icon.svg']) {
      const { status, headers } = await server.client.get(path);
      expect(status).toBe(200);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('is asked for again each time, and sent again only when it has changed', async () => {
    const { headers } = await server.client.get('/ui/main.js');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    // As a browser asks; fetch() by itself adds that it wants nothing from a cache.
    const ask = (tag: string) =>
      sendRaw(
        server.client.url,
        `HEAD /ui/main.js HTTP/1.1\r\nHost: x\r\nIf-None-Match: ${tag}\r\nConnection: close\r\n\r\n`,
      );
    expect(await ask(etag)).toMatchObject({ status: 304 });
    expect(await ask('"another"')).toMatchObject({ status: 200 });
  });

  it('gives out its own files only', async () => {
    for (const path of ['/ui/none.js', '/ui/..%2f..%2fstats.ts', '/ui/%2e%2e/app.ts', '/ui/styles']) {
      expectError(await server.client.get(path), 404, 'not_found', /no such file|there is no/);
    }
    const climbing = 'GET /ui/../../package.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    expectError(await sendRaw(server.client.url, climbing), 404, 'not_found', /no such file/);
    expect((await server.client.post('/ui/main.js', {})).status).toBe(405);
  });

  it('gives its figures to those who have a key', async () => {
    expectError(await server.client.get('/ui/stats'), 401, 'unauthorized', /API key/);
    const bearer = { authorization: 'Bearer api' };
    await server.client.post('/rerank', { query: QUERY, documents: DOCUMENTS }, bearer);
    const { status, headers, body } = await server.client.get('/ui/stats', bearer);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      model: { model: 'local://demo' },
      second_model: null,
      engines: { ready: 2, restarts: 0 },
      requests: { answered: 1, failed: 0 },
      operation: null,
    });
    expect((body as { memory: { model_bytes: number } }).memory.model_bytes).toBeGreaterThan(2 ** 20);
  });

  it('has all that its modules and its page name', async () => {
    const seen = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const { status, body } = await server.client.get<string>(path);
      expect(status, path).toBe(200);
      const named = [...body.matchAll(/(?:from '|src="|href=")(\.{0,2}[\w/.-]+\.(?:js|css|svg))/g)];
      for (const [, name] of named) await visit(new URL(name ?? '', `http://x${path}`).pathname);
    };
    await visit('/ui/');
    expect(seen.size).toBeGreaterThan(20);
    expect(await readFile('src/http/console/static/icon.svg', 'utf8')).not.toContain('<script');
  });
});

it('has no console where none is wanted', async () => {
  await using server = await startService({ RERANK_CONSOLE: 'off' });
  for (const path of ['/ui', '/ui/', '/ui/main.js', '/ui/stats']) {
    expectError(await server.client.get(path), 404, 'not_found', /no such file|there is no/);
  }
});
