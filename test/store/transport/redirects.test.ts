import { expect, test } from 'vitest';
import { redirectTarget } from '../../../src/store/transport/redirects.ts';
import { givenContent, seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { LogBook } from '../../support/log-book.ts';
import { testTransport } from '../../support/transports.ts';

const { signal } = new AbortController();

test('redirects are followed, five at most', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', givenContent('content'));
  const transport = testTransport();
  hub.fault({ path: '/file', times: 5 }, { kind: 'redirect', to: '/file?again' });
  const response = await transport.request({ url, signal });
  expect(response.status).toBe(200);
  expect(response.url.href).toBe(`${url.href}?again`);
  await response.discard();
  hub.fault({ path: '/file', times: 6 }, { kind: 'redirect', to: '/file?again' });
  await expect(transport.request({ url, signal })).rejects.toMatchObject({ kind: 'redirect' });
});

test('a redirect is an answer to who wants to see it', async () => {
  await using hub = await startFakeHub();
  hub.repository('acme/model').commit({ 'model.safetensors': seededContent('w', 1000) });
  const url = new URL('/acme/model/resolve/main/model.safetensors', hub.origin);
  const response = await testTransport().request({ url, method: 'HEAD', followRedirects: false, signal });
  expect(response.status).toBe(302);
  expect(response.header('X-Repo-Commit')).toMatch(/^[0-9a-f]{40}$/);
  expect(response.header('x-linked-size')).toBe('1000');
  expect(hub.requests.all.map(({ server }) => server)).toEqual(['hub']);
});

test('a redirect never gives up encryption, and has to lead somewhere', () => {
  const from = new URL('https://hub.example/a/b');
  expect(redirectTarget(from, '../c?d').href).toBe('https://hub.example/c?d');
  expect(() => redirectTarget(from, 'http://hub.example/a/b')).toThrow(/from https: to http:/);
  expect(() => redirectTarget(from, '//cdn.example/x')).not.toThrow();
  expect(() => redirectTarget(from, undefined)).toThrow(/without a usable Location/);
  expect(() => redirectTarget(from, 'http://[')).toThrow(/without a usable Location/);
});

test('a token is sent to its origin and to no other', async () => {
  await using hub = await startFakeHub();
  const repository = hub.repository('acme/model', 'gated');
  repository.commit({ 'model.safetensors': seededContent('w', 1000) });
  repository.readers.add('hf_secret');
  const url = new URL('/acme/model/resolve/main/model.safetensors', hub.origin);
  const configured = await testTransport({ tokens: new Map([[hub.origin, 'hf_secret']]) }).request({
    url,
    signal,
  });
  expect(configured.status).toBe(200);
  const given = await testTransport().request({
    url,
    headers: { Authorization: 'Bearer hf_secret', Range: 'bytes=0-9' },
    signal,
  });
  expect(given.status).toBe(206);
  expect(hub.requests.all.map(({ server, authorization, range }) => [server, authorization, range])).toEqual([
    ['hub', 'Bearer hf_secret', undefined],
    ['cdn', undefined, undefined],
    ['hub', 'Bearer hf_secret', 'bytes=0-9'],
    ['cdn', undefined, 'bytes=0-9'],
  ]);
});

test('a redirect to another origin takes no token along, neither there nor back', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', givenContent('content'));
  const elsewhere = new URL('/api/models/acme/model', hub.origin).href;
  hub.fault('/file', { kind: 'redirect', to: elsewhere });
  hub.fault('/api/models/acme/model', { kind: 'redirect', to: `${url.href}?back` });
  const tokens = new Map([
    [hub.cdnOrigin, 'hf_first'],
    [hub.origin, 'hf_second'],
  ]);
  const response = await testTransport({ tokens }).request({ url, signal });
  await response.discard();
  expect(response.url.href).toBe(`${url.href}?back`);
  const seen = hub.requests.all.map(({ server, authorization }) => [server, authorization]);
  expect(seen).toEqual([
    ['cdn', 'Bearer hf_first'],
    ['hub', undefined],
    ['cdn', undefined],
  ]);
});

test('a redirect to the same origin keeps the token, as for a repository that was renamed', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', givenContent('content'));
  hub.fault('/file', { kind: 'redirect', to: `${url.href}?new` });
  const tokens = new Map([[hub.cdnOrigin, 'hf_first']]);
  await (await testTransport({ tokens }).request({ url, signal })).discard();
  expect(hub.requests.all.map(({ authorization }) => authorization)).toEqual([
    'Bearer hf_first',
    'Bearer hf_first',
  ]);
});

test('neither tokens nor signatures of URLs come into errors or logs', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', givenContent('content'));
  const book = new LogBook();
  const transport = testTransport({ tokens: new Map([[hub.cdnOrigin, 'hf_secret']]), logger: book.logger });
  const signed = new URL(`${url.href}?X-Amz-Signature=secret#secret`);
  await (await transport.request({ url: signed, signal })).discard();
  hub.fault('/file', { kind: 'redirect', to: 'http://169.254.169.254/?secret' });
  const error: unknown = await transport.request({ url: signed, signal }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'refused', url: 'http://169.254.169.254/' });
  hub.kill();
  const dead: unknown = await transport.request({ url: signed, signal }).catch((thrown: unknown) => thrown);
  expect(dead).toMatchObject({ kind: expect.stringMatching(/^(connect|reset)$/) as string, url: url.href });
  expect(book.lines.length).toBeGreaterThan(0);
  expect(JSON.stringify([book.lines, String(error), String(dead), error, dead])).not.toContain('secret');
});
