import type { LookupFunction } from 'node:net';
import { expect, test } from 'vitest';
import type { TransportOptions } from '../../../src/store/transport/create-transport.ts';
import { givenContent } from '../../support/fake-hub/content.ts';
import { type FakeHub, startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { testTransport } from '../../support/transports.ts';

const { signal } = new AbortController();

async function ask(url: string | URL, options: Partial<TransportOptions> = {}) {
  const response = await testTransport(options).request({ url: new URL(url), signal });
  await response.discard();
  return response;
}

/** Resolves every name to these addresses. */
function resolving(...addresses: string[]): LookupFunction {
  return (_name, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

async function hubWithFile(): Promise<FakeHub & { file: URL; port: string }> {
  const hub = await startFakeHub();
  const file = hub.publish('/file', givenContent('content'));
  return Object.assign(hub, { file, port: file.port });
}

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://0x7f000001/',
  'http://127.0.0.1./',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[0:0:0:0:0:ffff:7f00:1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://0.0.0.0/',
  'http://10.0.0.8/',
  'http://169.254.169.254/latest/meta-data/',
  'http://%31%32%37.0.0.1/',
  'http://127。0。0。1/',
])('an address of this machine or of a private network is refused in any spelling: %s', async (url) => {
  await expect(ask(url, { allowPrivate: false })).rejects.toMatchObject({ kind: 'refused' });
});

test('a name is refused by what it resolves to', async () => {
  await expect(ask('http://localhost:9/', { allowPrivate: false })).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(/has the address .*, an address of a private network/) as string,
  });
});

test('a refusal names what was asked for', async () => {
  await expect(ask('https://localhost:9/x?signature', { allowPrivate: false })).rejects.toMatchObject({
    url: 'https://localhost:9/x',
    message: expect.stringMatching(/^https:\/\/localhost:9\/x: localhost has the address/) as string,
  });
});

test('an origin that is named may have a private address, other ports of its host may not', async () => {
  await using hub = await hubWithFile();
  await using other = await hubWithFile();
  const options = { allowPrivate: false, privateOrigins: [hub.file.origin] };
  expect((await ask(hub.file, options)).status).toBe(200);
  await expect(ask(other.file, options)).rejects.toMatchObject({ kind: 'refused' });
  hub.fault('/file', { kind: 'redirect', to: other.file.href });
  await expect(ask(hub.file, options)).rejects.toMatchObject({ kind: 'refused', url: other.file.href });
  const named = { allowPrivate: false, privateOrigins: [`http://mirror.example:${hub.port}`] };
  const lookup = resolving('127.0.0.1');
  expect((await ask(`http://mirror.example:${hub.port}/file`, { ...named, lookup })).status).toBe(200);
  await expect(ask(`http://mirror.example:${other.port}/file`, { ...named, lookup })).rejects.toMatchObject({
    kind: 'refused',
  });
  expect(other.requests.all).toEqual([]);
});

test('an address that is not fetched is named as it is, without content', async () => {
  await expect(ask('file:///etc/passwd')).rejects.toThrow(/^file:\/\/\/etc\/passwd: file: is not fetched/);
  await expect(ask('data:,hello')).rejects.toThrow(/^data:…: data: is not fetched/);
});

test('one bad address among several makes a name refused', async () => {
  const lookup = resolving('8.8.8.8', '10.0.0.1');
  await expect(ask('http://model.example/', { allowPrivate: false, lookup })).rejects.toMatchObject({
    kind: 'refused',
  });
});

test('the address that was checked is the one that is connected to', async () => {
  await using hub = await hubWithFile();
  let lookups = 0;
  const lookup: LookupFunction = (name, options, callback) => {
    lookups += 1;
    resolving(lookups === 1 ? '127.0.0.1' : '169.254.169.254')(name, options, callback);
  };
  const allowPrivate = ['mirror.example'];
  const answer = await ask(`http://mirror.example:${hub.port}/file`, { allowPrivate, lookup });
  expect(answer.status).toBe(200);
  expect(lookups).toBe(1);
});

test('private addresses are open to those who are named, or to all; metadata only to those who are named', async () => {
  await using hub = await hubWithFile();
  expect((await ask(hub.file, { allowPrivate: true })).status).toBe(200);
  expect((await ask(hub.file, { allowPrivate: ['127.0.0.1'] })).status).toBe(200);
  await expect(ask(hub.file, { allowPrivate: ['127.0.0.2'] })).rejects.toMatchObject({ kind: 'refused' });
  await expect(ask('http://169.254.169.254/', { allowPrivate: true })).rejects.toMatchObject({
    kind: 'refused',
  });
  await expect(ask('http://0.0.0.0/', { allowPrivate: true })).rejects.toMatchObject({ kind: 'refused' });
});

test('only the hosts of the list are asked', async () => {
  await using hub = await hubWithFile();
  const lookup = resolving('127.0.0.1');
  const at = (host: string) =>
    ask(`http://${host}:${hub.port}/file`, {
      allowPrivate: true,
      allowedHosts: ['hub.example', '*.cdn.example'],
      lookup,
    });
  expect((await at('hub.example')).status).toBe(200);
  expect((await at('HUB.example.')).status).toBe(200);
  expect((await at('eu.cdn.example')).status).toBe(200);
  for (const host of ['cdn.example', 'evilcdn.example', 'hub.example.evil.example', '127.0.0.1']) {
    await expect(at(host)).rejects.toMatchObject({ kind: 'refused' });
  }
});

test.each([
  'ftp://hub.example/file',
  'file:///etc/passwd',
  'data:,hello',
  'http://user:password@hub.example/',
])('is not fetched: %s', async (url) => {
  await expect(ask(url)).rejects.toMatchObject({ kind: 'refused' });
  await expect(ask(url)).rejects.not.toThrow(/password@/);
});

test('every hop of a redirect is guarded', async () => {
  await using hub = await hubWithFile();
  for (const to of [
    'http://169.254.169.254/latest/',
    'http://2852039166/latest/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://localhost:1/',
    'http://10.0.0.1/',
    'gopher://hub.example/',
    'file:///etc/passwd',
  ]) {
    hub.fault('/file', { kind: 'redirect', to: '/file/again' });
    hub.fault('/file/again', { kind: 'redirect', to });
    await expect(ask(hub.file)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.not.stringContaining('null') as string,
    });
    expect(hub.requests.to('/file')).toHaveLength(2);
    hub.clearFaults();
    hub.requests.clear();
  }
});
