import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config.ts';
import { openDoor } from '../../support/door.ts';
import { expectError } from '../../support/error-answer.ts';

const ADMIN_ROUTES = [
  ['POST', '/update'],
  ['GET', '/update/x'],
  ['DELETE', '/update/x'],
  ['GET', '/update/x/events'],
  ['POST', '/rollback'],
  ['POST', '/models'],
] as const;

describe('a port for administrators', () => {
  it.each(ADMIN_ROUTES)('takes %s %s away from the port for everybody', async (method, path) => {
    const door = await openDoor({ RERANK_ADMIN_PORT: '0', RERANK_ADMIN_KEY: 'root' });
    const headers = { authorization: 'Bearer root' };
    const answer = await door.client.send(method, path, { headers });
    const error = expectError(
      answer,
      404,
      'not_found',
      new RegExp(`there is no ${method} ${path} on this port`),
    );
    expect(error.detail).toContain('RERANK_ADMIN_PORT');
    // There it asks for the key, and for other methods as everywhere.
    expect((await door.admin.send(method, path)).status).toBe(401);
    expect((await door.admin.send('PUT', path)).status).toBe(405);
  });

  it('answers all the other routes on both', async () => {
    const door = await openDoor({ RERANK_ADMIN_PORT: '0' });
    for (const client of [door.client, door.admin]) {
      for (const path of ['/info', '/models', '/healthz', '/livez', '/readyz', '/startupz', '/metrics'])
        expect((await client.get(path)).status, path).toBe(200);
    }
    expect((await door.admin.post('/rollback', {})).status).toBe(200);
    expect((await door.client.send('PUT', '/models')).headers.get('allow')).toBe('GET, HEAD');
    expect((await door.admin.send('PUT', '/models')).headers.get('allow')).toBe('GET, POST, HEAD');
  });

  it('has no second allowance for guesses', async () => {
    const door = await openDoor({ RERANK_ADMIN_PORT: '0', RERANK_API_KEY: 'a', RERANK_ADMIN_KEY: 'b' });
    for (let i = 0; i < 30; i += 1) await door.client.get('/info', { 'api-key': `guess${i}` });
    expect((await door.admin.post('/rollback', {}, { 'api-key': 'b' })).status).toBe(429);
  });

  it('does not exist unless asked for', async () => {
    const door = await openDoor();
    expect((await door.client.post('/rollback', {})).status).toBe(200);
  });

  it('is not the port for everybody', () => {
    expect(() => readConfig({ PORT: '9000', RERANK_ADMIN_PORT: '9000' })).toThrow(ConfigError);
  });
});
