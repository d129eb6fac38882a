import { describe, expect, it } from 'vitest';
import { openDoor } from '../../support/door.ts';
import { expectError } from '../../support/error-answer.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { SlowClient } from '../../support/slow-client.ts';
import { valueOf } from '../../support/some-metrics.ts';

const POST = 'POST /rollback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const SMALL = { RERANK_MAX_BODY_BYTES: '1000' };

describe('too much', () => {
  it('is refused by what Content-Length announces, before any of it comes', async () => {
    const door = await openDoor(SMALL);
    const client = await SlowClient.connect(door.url);
    client.send(`${POST}Content-Length: 10000000000\r\n\r\n`);
    const error = expectError(await client.answer(), 413, 'payload_too_large', /larger than 1000 bytes/);
    expect(error.detail).toContain('RERANK_MAX_BODY_BYTES');
  });

  it('is refused as soon as it is too much, although more keeps coming', async () => {
    const door = await openDoor(SMALL);
    const client = await SlowClient.connect(door.url);
    client.send(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    client.send(`400\r\n${' '.repeat(1024)}\r\n`);
    expectError(await client.answer(), 413, 'payload_too_large', /larger than 1000 bytes/);
    expect(door.changedBy).toEqual([]);
  });

  it('leaves the connection usable for a client that sends all of it first', async () => {
    const door = await openDoor(SMALL);
    const client = await SlowClient.connect(door.url);
    client.send(`${POST}Content-Length: 100000\r\n\r\n${' '.repeat(100_000)}`);
    client.send('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect((await client.answer()).status).toBe(413);
    await client.over();
    expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  it('is not a body of just the limit', async () => {
    const door = await openDoor(SMALL);
    const body = `{}${' '.repeat(998)}`;
    const headers = { 'content-type': 'application/json' };
    expect((await door.client.send('POST', '/rollback', { body, headers })).status).toBe(200);
    const answer = await door.client.send('POST', '/rollback', { body: `${body} `, headers });
    expect(answer.status).toBe(413);
  });

  it('of headers is refused by their bytes', async () => {
    const door = await openDoor();
    const answer = await sendRaw(
      door.url,
      `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    );
    const error = expectError(answer, 431, 'invalid_request', /headers have more than 16384 bytes/);
    expect(error.detail).toMatch(/shorter or fewer headers/);
    expect(await valueOf(door.metrics, 'rerankd_refused_connections_total', { reason: 'headers' })).toBe(1);
  });

  it('of headers is refused by their number', async () => {
    const door = await openDoor();
    const lines = Array.from({ length: 200 }, (_, n) => `x${n}: 1\r\n`).join('');
    const answer = await sendRaw(door.url, `GET /livez HTTP/1.1\r\nHost: a\r\n${lines}\r\n`);
    expectError(answer, 431, 'invalid_request', /the request has 201 headers/);
  });

  it('of headers hides none behind it: a proxy puts what matters at the end', async () => {
    const door = await openDoor();
    // Node would keep the first 2,000 and drop the one that says for whom the proxy speaks.
    const lines = 'a:\r\n'.repeat(2_100);
    const head = `POST /rollback HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n`;
    const answer = await sendRaw(door.url, `${head}${lines}X-Forwarded-For: 203.0.113.9\r\n\r\n`);
    expect(answer.status).toBe(431);
    expect(door.changedBy).toEqual([]);
  });

  it('of a path is refused', async () => {
    const door = await openDoor();
    const answer = await sendRaw(door.url, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expectError(answer, 431, 'invalid_request', /not a valid HTTP request/);
  });

  it('of a flood of connections with header floods leaves the server well', async () => {
    const door = await openDoor();
    const flood = `GET / HTTP/1.1\r\n${Array.from({ length: 3_000 }, (_, n) => `x${n}: y\r\n`).join('')}`;
    const answers = await Promise.all(Array.from({ length: 50 }, () => sendRaw(door.url, flood)));
    expect(answers.every(({ status }) => status === 431)).toBe(true);
    expect((await door.client.get('/livez')).status).toBe(200);
  });
});
