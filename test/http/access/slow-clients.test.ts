import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDoor } from '../../support/door.ts';
import { expectError } from '../../support/error-answer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SlowClient } from '../../support/slow-client.ts';
import { valueOf } from '../../support/some-metrics.ts';
import { until } from '../../support/until.ts';

const POST = 'POST /rollback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const SOON = { RERANK_HEADERS_TIMEOUT_MS: '100', RERANK_BODY_TIMEOUT_MS: '100' };

describe('a client that takes its time', () => {
  it.each([
    ['says nothing at all', '', undefined],
    ['says nothing in the middle of its headers', 'GET /livez HTTP/1.1\r\nHost: localhost\r\n', undefined],
    ['sends a header now and then, for ever', 'GET /livez HTTP/1.1\r\nHost: localhost\r\n', 'X-a: b\r\n'],
  ])('and %s is told so and cut off', async (_, start, drop) => {
    const door = await openDoor(SOON);
    const client = await SlowClient.connect(door.url);
    if (start !== '') client.send(start);
    const dripping = setInterval(() => drop !== undefined && client.send(drop), 20);
    onTestFinished(() => clearInterval(dripping));
    const error = expectError(await client.answer(), 408, 'invalid_request', /did not arrive in time/);
    expect(error.detail).toContain('RERANK_HEADERS_TIMEOUT_MS');
    await client.over();
    expect(await valueOf(door.metrics, 'rerankd_refused_connections_total', { reason: 'timeout' })).toBe(1);
  });

  it('and stalls in its body is told so, counted, logged and cut off', async () => {
    const clock = new ManualClock();
    const door = await openDoor({ RERANK_BODY_TIMEOUT_MS: '5000' }, clock);
    const client = await SlowClient.connect(door.url);
    client.send(`${POST}Content-Length: 100\r\n\r\n{"to": `);
    await until('the body is awaited', () => clock.pending === 1);
    clock.advance(4_999);
    expect(client.text).toBe('');
    clock.advance(1);
    const answer = await client.answer();
    const error = expectError(answer, 408, 'invalid_request', /did not arrive within 5000 ms/);
    expect(error.detail).toMatch(/Content-Length.*RERANK_BODY_TIMEOUT_MS/);
    expect(answer.headers.get('connection')).toBe('close');
    await client.over();
    const line = await until('it is logged', () => door.log.lines.find(({ status }) => status === 408));
    expect(line).toMatchObject({ path: '/rollback', from: '127.0.0.1' });
    expect(await valueOf(door.metrics, 'rerankd_http_requests_total', { route: '/rollback' })).toBe(1);
    expect(clock.pending).toBe(0);
    expect(door.changedBy).toEqual([]);
  });

  it('and lets its body drip has no longer', async () => {
    const clock = new ManualClock();
    const door = await openDoor({ RERANK_BODY_TIMEOUT_MS: '5000' }, clock);
    const client = await SlowClient.connect(door.url);
    client.send(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    await until('the body is awaited', () => clock.pending === 1);
    for (let second = 0; second < 5; second += 1) {
      client.send('1\r\n \r\n');
      clock.advance(1_000);
    }
    expect((await client.answer()).status).toBe(408);
    await client.over();
  });

  it('and sends a body that nobody reads is cut off as well', async () => {
    const door = await openDoor({ ...SOON, RERANK_API_KEY: 'a' });
    const client = await SlowClient.connect(door.url);
    client.send('POST /rerank HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
    expect((await client.answer()).status).toBe(401);
    await client.over();
  });

  it('and never fetches its answer is cut off, and the answer forgotten', async () => {
    const clock = new ManualClock();
    const door = await openDoor({ RERANK_BODY_TIMEOUT_MS: '5000' }, clock);
    const { port } = new URL(door.url);
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.pause();
    let isOver = false;
    socket.on('error', () => {}).once('close', () => (isOver = true));
    // As many answers as it takes to fill every buffer in between.
    const pump = setInterval(() => {
      if (socket.writable && clock.pending === 0)
        socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200));
    }, 5);
    onTestFinished(() => clearInterval(pump));
    let stuck = 0;
    await until('an answer is stuck', () => {
      stuck = clock.pending === 0 ? 0 : stuck + 1;
      return stuck > 40;
    });
    clearInterval(pump);
    clock.advance(5_000);
    socket.resume();
    await until('the connection is cut', () => isOver);
    await until('nothing is left of it', () => clock.pending === 0);
  });

  it('and does not hang up after its refusal loses its place nonetheless', async () => {
    const door = await openDoor({ RERANK_MAX_CONNECTIONS: '1' });
    const socket = connect({ port: Number(new URL(door.url).port), host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    const refused = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    socket.write('nonsense\r\n\r\n');
    await refused;
    const isThereRoom = async () => (await door.client.get('/livez')).status === 200;
    await until('there is room again', () => isThereRoom().catch(() => false));
  });

  it('does not hold up the others', async () => {
    const door = await openDoor({ RERANK_MAX_CONNECTIONS: '200' });
    const slow = await Promise.all(Array.from({ length: 100 }, () => SlowClient.connect(door.url)));
    for (const client of slow)
      client.send('POST /rerank HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{');
    for (let i = 0; i < 20; i += 1) expect((await door.client.get('/livez')).status).toBe(200);
  });
});

describe('connections', () => {
  it('beyond the limit are closed at once and counted, and the others go on', async () => {
    const door = await openDoor({ RERANK_MAX_CONNECTIONS: '2' });
    const first = await SlowClient.connect(door.url);
    const second = await SlowClient.connect(door.url);
    const third = await SlowClient.connect(door.url);
    await third.over();
    expect(await valueOf(door.metrics, 'rerankd_refused_connections_total', { reason: 'limit' })).toBe(1);
    for (const client of [first, second]) {
      client.send('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      expect((await client.answer()).status).toBe(200);
      await client.over();
    }
    expect((await door.client.get('/livez')).status).toBe(200);
  });

  it('on which nothing is sent do not keep a server from closing', async () => {
    const door = await openDoor();
    const client = await SlowClient.connect(door.url);
    await door.close();
    await client.over();
  });
});
