import { describe, expect, it } from 'vitest';
import { type DoorUnderTest, openDoor } from '../../support/door.ts';
import { expectError } from '../../support/error-answer.ts';
import { sendRaw } from '../../support/raw-http.ts';

/** What comes to POST /rollback, with these headers, in this order. */
async function rollBack(door: DoorUnderTest, version: string, headers: readonly string[]) {
  const host = new URL(door.url).host;
  const lines = headers.map((line) => line.replace('$host', host)).join('\r\n');
  return await sendRaw(door.url, `POST /rollback HTTP/${version}\r\n${lines}\r\n\r\n`);
}

const END = ['Content-Length: 0', 'Connection: close'];

describe('without an admin key', () => {
  it.each<[string, string, string[]]>([
    [
      'nginx with nothing but proxy_pass, which names the server itself and adds nothing, before 1.29.7',
      '1.0',
      ['Host: $host', 'Connection: close', 'Content-Length: 0', 'User-Agent: curl/8.5.0', 'Accept: */*'],
    ],
    ['Apache', '1.1', ['Host: $host', 'X-Forwarded-Server: example.org', ...END]],
    ['Envoy', '1.1', ['Host: $host', 'x-envoy-expected-rq-timeout-ms: 15000', ...END]],
    ['Linkerd', '1.1', ['Host: $host', 'l5d-client-id: web', ...END]],
    ['Traefik', '1.1', ['Host: $host', 'X-Forwarded-Port: 443', ...END]],
    ['IIS', '1.1', ['Host: $host', 'X-ARR-LOG-ID: 1', ...END]],
    ['a tunnel of a CDN', '1.1', ['Host: $host', 'CF-Connecting-IP: 203.0.113.9', ...END]],
    ['an ingress', '1.1', ['Host: $host', 'X-Original-Forwarded-For: 203.0.113.9', ...END]],
    ['a proxy, of a page of its own name', '1.1', ['Host: $host', 'Origin: https://example.org', ...END]],
    ['a proxy, of a link there', '1.1', ['Host: $host', 'Referer: https://example.org/ui', ...END]],
    ['a proxy that leaves the name', '1.1', ['Host: example.org', ...END]],
    ['nobody, without a name', '1.1', END],
  ])('what comes through %s is not of this machine', async (_, version, headers) => {
    const door = await openDoor();
    const error = expectError(
      await rollBack(door, version, headers),
      401,
      'unauthorized',
      /for administrators/,
    );
    expect(error.detail).toMatch(/RERANK_ADMIN_KEY.*HTTP\/1\.1.*behind a proxy on this machine/);
    expect(door.changedBy).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['curl', ['Host: $host', 'User-Agent: curl/8.5.0', 'Accept: */*', ...END]],
    ['curl that makes up a request id', ['Host: $host', 'X-Request-Id: hello', ...END]],
    ['a program that hangs up', ['Accept-Encoding: identity', 'Host: $host', ...END]],
    ['the console', ['Host: $host', 'Origin: http://$host', 'Referer: http://$host/ui', ...END]],
    ['a tunnel from another port', ['Host: localhost:9000', ...END]],
  ])('%s on this machine may change the model', async (_, headers) => {
    const door = await openDoor();
    expect((await rollBack(door, '1.1', headers)).status).toBe(200);
    expect(door.changedBy).toEqual(['local from 127.0.0.1']);
  });
});
