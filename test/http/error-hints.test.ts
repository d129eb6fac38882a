import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openDoor } from '../support/door.ts';
import { expectError } from '../support/error-answer.ts';
import { sendRaw } from '../support/raw-http.ts';
import { SlowClient } from '../support/slow-client.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('an error', () => {
  it.each([
    ['{"to": "a" "b"}', 'line 1, column 12 (position 11), right after "{\\"to\\": \\"a\\" "'],
    ['{\n  "to": None\n}', 'line 2, column 9'],
    ['{"to": ', 'It ends too early at line 1, column 8'],
    ["{'to': 1}", 'line 1, column 2'],
  ])('about %j says where it goes wrong', async (body, where) => {
    const door = await openDoor();
    const answer = await door.client.send('POST', '/rollback', { body, headers: JSON_HEADERS });
    const { detail } = expectError(answer, 400, 'invalid_request', /^the body is not JSON: /);
    expect(detail).toContain(where);
  });

  it.each<[string, number, Record<string, string>, string | Uint8Array<ArrayBuffer>, RegExp]>([
    [
      'a charset',
      415,
      { 'content-type': 'application/json; charset=latin1' },
      '{}',
      /Send the body as UTF-8/,
    ],
    ['a content encoding', 415, { 'content-encoding': 'lzma' }, '{}', /gzip, deflate, br or zstd/],
    ['no gzip', 400, { 'content-encoding': 'gzip' }, '{}', /not what Content-Encoding says/],
    [
      'half a gzip',
      400,
      { 'content-encoding': 'gzip' },
      new Uint8Array(gzipSync('{"a": 1}').subarray(0, 20)),
      /not what Content-Encoding says/,
    ],
    ['a content type', 415, { 'content-type': 'text/plain' }, '{}', /Content-Type: application\/json/],
  ])('about %s says what to send', async (_, status, headers, body, hint) => {
    const door = await openDoor();
    const answer = await door.client.send('POST', '/rollback', {
      body,
      headers: { ...JSON_HEADERS, ...headers },
    });
    expect(expectError(answer, status, 'invalid_request', /./).detail).toMatch(hint);
  });

  it('about an unknown path names those that are near', async () => {
    const door = await openDoor();
    const { detail } = expectError(await door.client.post('/v1/v1/rerank', {}), 404, 'not_found', /no POST/);
    expect(detail).toContain('Did you mean /v1/rerank or /rerank?');
    const far = expectError(await door.client.post('/v1/embeddings', {}), 404, 'not_found', /no POST/);
    expect(far.detail).toMatch(/^POST \/rerank scores documents/);
  });

  it('about a method says which to use', async () => {
    const door = await openDoor();
    const answer = await door.client.send('PATCH', '/models');
    expect(expectError(answer, 405, 'invalid_request', /takes GET or POST/).detail).toMatch(/GET or POST/);
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD');
    expect((await fetch(`${door.url}/livez`, { method: 'HEAD' })).status).toBe(200);
  });

  it('about a path that can not be decoded says how to write it', async () => {
    const door = await openDoor();
    const answer = await door.client.get('/update/%E0%A4%A');
    expect(expectError(answer, 400, 'invalid_request', /decode/).detail).toMatch(/encodeURIComponent/);
  });

  it.each<[string, string, number, RegExp]>([
    ['nonsense', 'hello\r\n\r\n', 400, /./],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', 400, /RERANK_TLS_CERT/],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /speaks HTTP\/1\.1/],
    ['another version', 'GET / HTTP/3.7\r\n\r\n', 400, /HTTP\/1\.1 and HTTP\/1\.0/],
    [
      'a length that is no number',
      'POST /x HTTP/1.1\r\nContent-Length: ten\r\n\r\n',
      400,
      /one whole number/,
    ],
    ['a negative length', 'POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400, /one whole number/],
    [
      'two lengths',
      'POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      /one Content-Length/,
    ],
    [
      'a length and chunks',
      'POST /x HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      /./,
    ],
    [
      'a chunk without a size',
      'POST /rollback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      /hexadecimal/,
    ],
    ['a blank in a header name', 'GET / HTTP/1.1\r\nHo st: a\r\n\r\n', 400, /RFC 9112/],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n', 405, /no proxy/],
    ['an expectation', 'POST /rerank HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n', 417, /100-continue/],
  ])('about bytes that are %s says what to do', async (_, bytes, status, hint) => {
    const door = await openDoor();
    const { detail } = expectError(await sendRaw(door.url, bytes), status, 'invalid_request', /./);
    expect(detail).toMatch(hint);
    expect((await door.client.get('/livez')).status).toBe(200);
  });

  it('is told to clients of HTTP/1.0 too, and their requests are answered', async () => {
    const door = await openDoor();
    expect((await sendRaw(door.url, 'GET /livez HTTP/1.0\r\n\r\n')).body).toEqual({ status: 'live' });
    expectError(await sendRaw(door.url, 'GET /nowhere HTTP/1.0\r\n\r\n'), 404, 'not_found', /nowhere/);
  });

  it('about a body that is longer than its Content-Length comes after the answer to what was announced', async () => {
    const door = await openDoor();
    const client = await SlowClient.connect(door.url);
    const head = 'POST /rollback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    client.send(`${head}Content-Length: 2\r\n\r\n{}garbage\r\n\r\n`);
    await client.over();
    expect(client.text).toMatch(/^HTTP\/1\.1 (200|400) /);
    expect((await door.client.get('/livez')).status).toBe(200);
  });
});
