import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { testTransport } from '../../support/transports.ts';
import { until } from '../../support/until.ts';

const { signal } = new AbortController();
const content = seededContent('content', 200_000);

async function read(
  body: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void = () => {},
): Promise<number> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    onBytes(bytes);
  }
  return bytes;
}

test('a head that does not come in time is a timeout, redirects included', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', content);
  const clock = new ManualClock();
  const never = new Promise(() => {});
  hub.fault('/file', { kind: 'redirect', to: '/file?again' });
  hub.fault('/file?again', { kind: 'hold', until: never });
  const asked = testTransport({ clock }).request({ url, headersTimeoutMs: 3000, signal });
  await until('the second hop is asked', () => hub.requests.to('again').length === 1);
  clock.advance(2999);
  clock.advance(1);
  await expect(asked).rejects.toMatchObject({ kind: 'timeout', url: url.href });
});

test('a body that stops coming is stalled; the time that the reader takes does not count', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', content);
  const clock = new ManualClock();
  hub.fault('/file', { kind: 'stall', afterBytes: 100_000 });
  const response = await testTransport({ clock }).request({ url, idleTimeoutMs: 5000, signal });
  clock.advance(60_000);
  let received = 0;
  const reading = read(response.body, (bytes) => {
    received = bytes;
    clock.advance(60_000);
  });
  await until('all that was sent has come', () => received === 100_000 && clock.pending === 1);
  clock.advance(5000);
  await expect(reading).rejects.toMatchObject({ kind: 'stalled' });
});

test('a connection that ends in the middle of a body is a reset', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', content);
  hub.fault('/file', { kind: 'drop', afterBytes: 50_000 });
  const response = await testTransport().request({ url, signal });
  await expect(read(response.body)).rejects.toMatchObject({ kind: 'reset' });
});

test('what does not speak HTTP, nobody who listens, a name without address', async () => {
  const server = createServer((socket) => socket.resume().end('SSH-2.0-hello\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const transport = testTransport({
    lookup: (name, _options, done) => done(Object.assign(new Error(name), { code: 'ENOTFOUND' }), ''),
  });
  await expect(transport.request({ url, signal })).rejects.toMatchObject({ kind: 'reset' });
  server.close();
  await once(server, 'close');
  await expect(transport.request({ url, signal })).rejects.toMatchObject({ kind: 'connect' });
  await expect(transport.request({ url: new URL('http://none.example/'), signal })).rejects.toMatchObject({
    kind: 'dns',
  });
});

test('the caller can end a request before and after its head', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', content);
  const transport = testTransport();
  const early = new AbortController();
  hub.fault('/file', { kind: 'hold', until: new Promise(() => {}) });
  const asked = transport.request({ url, signal: early.signal });
  await until('it is asked', () => hub.requests.all.length === 1);
  early.abort(new Error('not wanted'));
  await expect(asked).rejects.toThrow('not wanted');
  hub.fault('/file', { kind: 'stall', afterBytes: 20_000 });
  const late = new AbortController();
  const response = await transport.request({ url, signal: late.signal });
  const reading = read(response.body, () => late.abort(new Error('not wanted any more')));
  await expect(reading).rejects.toThrow('not wanted any more');
  await expect(transport.request({ url, signal: late.signal })).rejects.toThrow('not wanted any more');
});

test('a body comes whole, and one given up does not stand in the way of the next', async () => {
  await using hub = await startFakeHub();
  const url = hub.publish('/file', content);
  const transport = testTransport();
  const given = await transport.request({ url, signal });
  await given.discard();
  const response = await transport.request({ url, signal });
  expect(await read(response.body)).toBe(200_000);
});
