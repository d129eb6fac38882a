import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config.ts';
import { openDoor } from '../../support/door.ts';

const APP = 'https://app.example.com';
const preflight = (origin: string, headers = 'authorization,content-type,x-fern-language') => ({
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': headers,
  },
});

describe('pages of other origins', () => {
  it('may ask with their key when their origin is configured', async () => {
    const door = await openDoor({
      RERANK_API_KEY: 'a',
      RERANK_CORS_ORIGINS: `${APP}, http://localhost:3000`,
    });
    const asked = await door.client.send('OPTIONS', '/rerank', preflight(APP));
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-headers': 'authorization,content-type,x-fern-language',
      'access-control-allow-methods': 'GET, POST, DELETE',
    });
    expect(asked.headers.get('vary')).toMatch(
      /Origin, Access-Control-Request-Method, Access-Control-Request-Headers/,
    );
    const answer = await door.client.get('/info', { origin: APP, authorization: 'Bearer a' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(answer.headers.get('vary')).toMatch(/Origin/);
  });

  it('may read why they were refused', async () => {
    const door = await openDoor({ RERANK_API_KEY: 'a', RERANK_CORS_ORIGINS: APP });
    for (const path of ['/info', '/nowhere']) {
      const answer = await door.client.get(path, { origin: APP });
      expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    }
  });

  it.each(['https://evil.example', 'https://app.example.com.evil.example', 'null', 'http://app.example.com'])(
    'may not when they come from %s',
    async (origin) => {
      const door = await openDoor({ RERANK_CORS_ORIGINS: APP });
      const asked = await door.client.send('OPTIONS', '/rerank', preflight(origin));
      expect(asked.status).toBe(405);
      expect(asked.headers.has('access-control-allow-origin')).toBe(false);
      const answer = await door.client.get('/info', { origin });
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
      // A cache must not keep this answer for the others.
      expect(answer.headers.get('vary')).toMatch(/Origin/);
    },
  );

  it('may all when that is what was asked for, and never with cookies', async () => {
    const door = await openDoor({ RERANK_CORS_ORIGINS: '*' });
    const asked = await door.client.send('OPTIONS', '/rerank', preflight('https://any.example'));
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe('*');
    expect(asked.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('get back no header that is none', async () => {
    const door = await openDoor({ RERANK_CORS_ORIGINS: '*' });
    const asked = await door.client.send('OPTIONS', '/rerank', preflight(APP, 'x, <script>'));
    expect(asked.status).toBe(204);
    expect(asked.headers.has('access-control-allow-headers')).toBe(false);
  });

  it('get nothing by default', async () => {
    const door = await openDoor();
    const asked = await door.client.send('OPTIONS', '/rerank', preflight(APP));
    expect(asked.status).toBe(405);
    const answer = await door.client.get('/info', { origin: APP });
    expect([...answer.headers.keys()].filter((name) => /^access-control|^vary/.test(name))).toEqual([]);
  });

  it('are not programs on this machine, even when their visitor is', async () => {
    const door = await openDoor({ RERANK_CORS_ORIGINS: '*' });
    expect((await door.client.post('/rollback', {}, { origin: APP })).status).toBe(401);
    expect((await door.client.post('/rollback', {}, { origin: 'null' })).status).toBe(401);
    // Its own pages are.
    expect((await door.client.post('/rollback', {}, { origin: door.url })).status).toBe(200);
  });

  it.each([
    'app.example.com',
    'https://app.example.com/',
    'https://a.example/path',
    'ftp://a.example',
    'null',
    '*.a',
  ])('must be configured as browsers send them, not as %s', (origin) => {
    expect(() => readConfig({ RERANK_CORS_ORIGINS: `https://ok.example,${origin}` })).toThrow(ConfigError);
  });
});
