import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config.ts';
import { type DoorUnderTest, openDoor } from '../../support/door.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { lookOnce, lookTwice } from '../../support/reloads.ts';
import { selfSigned, type TestCertificate } from '../../support/self-signed.ts';
import { valueOf } from '../../support/some-metrics.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const first = selfSigned('first');
const second = selfSigned('second');

describe('TLS', () => {
  let settings: { RERANK_TLS_CERT: string; RERANK_TLS_KEY: string };
  let clock: ManualClock;
  beforeEach(async () => {
    const directory = await temporaryDirectory();
    settings = { RERANK_TLS_CERT: join(directory, 'tls.crt'), RERANK_TLS_KEY: join(directory, 'tls.key') };
    clock = new ManualClock();
    await write(first);
  });

  async function write({ cert, key }: Partial<TestCertificate>): Promise<void> {
    if (cert !== undefined) await writeFile(settings.RERANK_TLS_CERT, cert);
    if (key !== undefined) await writeFile(settings.RERANK_TLS_KEY, key);
  }

  it('is spoken on all ports, and certificates are checked', async () => {
    const door = await openDoor({ ...settings, RERANK_ADMIN_PORT: '0' });
    expect(await status(door.url, { ca: first.cert })).toBe(200);
    expect(await status(door.admin.url, { ca: first.cert })).toBe(200);
    await expect(status(door.url, { ca: second.cert })).rejects.toThrow(/self-signed|certificate/);
    await expect(status(door.url, { ca: first.cert, maxVersion: 'TLSv1.1' })).rejects.toThrow();
    expect(await valueOf(door.metrics, 'rerankd_tls_certificate_expiry_timestamp_seconds')).toBe(
      Date.UTC(2099, 11, 31) / 1000,
    );
  });

  it('takes a new certificate without dropping a connection', async () => {
    const door = await openDoor(settings, clock);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    expect(await status(door.url, { ca: first.cert, agent })).toBe(200);
    const open = await handshake(door);
    await write(second);
    await lookTwice(clock);
    expect(await status(door.url, { ca: second.cert })).toBe(200);
    // The old connections go on: one between two requests, and one in the middle of one.
    expect(await status(door.url, { ca: first.cert, agent })).toBe(200);
    open.write('Connection: close\r\n\r\n');
    expect(await textOf(open)).toMatch(/^HTTP\/1\.1 200/);
    expect(door.log.find(/the TLS certificate is for CN=second and valid until 2099-12-31/)).toBeDefined();
    expect(door.log.find(/the TLS certificate and its key were read again/)).toBeDefined();
    expect(
      await valueOf(door.metrics, 'rerankd_access_reloads_total', { what: 'tls', outcome: 'taken' }),
    ).toBe(1);
  });

  it('takes certificate and key only together: between the two writes the old pair serves', async () => {
    const door = await openDoor(settings, clock);
    await write({ cert: second.cert });
    await lookTwice(clock);
    expect(await status(door.url, { ca: first.cert })).toBe(200);
    expect(
      door.log.find(/can't be used: the key is not that of the certificate.*stay in force/),
    ).toBeDefined();
    await write({ key: second.key });
    await lookTwice(clock);
    expect(await status(door.url, { ca: second.cert })).toBe(200);
  });

  it('does not even complain when both are written soon after each other', async () => {
    const door = await openDoor(settings, clock);
    await write({ cert: second.cert });
    await lookOnce(clock);
    await write({ key: second.key });
    await lookTwice(clock);
    expect(await status(door.url, { ca: second.cert })).toBe(200);
    expect(door.log.find(/can't be used/)).toBeUndefined();
  });

  it.each<[string, Partial<TestCertificate>, RegExp]>([
    ['an empty certificate', { cert: '' }, /the certificate is not PEM/],
    ['half a certificate', { cert: first.cert.slice(0, 200) }, /the certificate is not PEM/],
    ['a key that is none', { key: 'secret' }, /the key is not PEM, or has a password/],
    ['the key of another', { key: second.key }, /the key is not that of the certificate/],
  ])('keeps the old pair when it finds %s, and says so', async (_, broken, problem) => {
    const door = await openDoor(settings, clock);
    await write(broken);
    await lookTwice(clock);
    expect(await status(door.url, { ca: first.cert })).toBe(200);
    const complaint = door.log.find(/the TLS certificate and its key can't be used/);
    expect(complaint).toMatch(problem);
    expect(complaint).not.toContain('secret');
  });

  it('does not start with files that do not fit together', async () => {
    await write({ key: second.key });
    await expect(openDoor(settings)).rejects.toMatchObject({
      type: 'invalid_request',
      message: expect.stringMatching(/the key is not that of the certificate/),
      detail: expect.stringContaining('RERANK_TLS_KEY'),
    });
  });

  it('says when the certificate has ended', async () => {
    await write(selfSigned('ended', '20200101'));
    const door = await openDoor(settings);
    expect(door.log.find(/the TLS certificate for CN=ended has ended on 2020-01-01/)).toBeDefined();
  });

  it('cuts off and counts what is no TLS, and goes on', async () => {
    const door = await openDoor(settings);
    const plain = door.url.replace('https', 'http');
    await expect(new Promise((_, reject) => get(plain).once('error', reject))).rejects.toThrow();
    const refused = 'rerankd_refused_connections_total';
    await until('it is counted', async () => (await valueOf(door.metrics, refused, { reason: 'tls' })) === 1);
    expect(await status(door.url, { ca: first.cert })).toBe(200);
  });

  it('lets a server close although somebody never finishes the handshake', async () => {
    const door = await openDoor(settings);
    const socket = connectPlain(Number(new URL(door.url).port), '127.0.0.1');
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    await until('the server has taken it', async () => (await status(door.url, { ca: first.cert })) === 200);
    await door.close();
    await gone;
  });

  it('needs both files', () => {
    expect(() => readConfig({ RERANK_TLS_CERT: 'a' })).toThrow(ConfigError);
    expect(() => readConfig({ RERANK_TLS_KEY: 'a' })).toThrow(/RERANK_TLS_CERT is not set/);
  });
});

function status(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/livez`, options, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end();
  });
}

/** A connection in the middle of its request. */
async function handshake(door: DoorUnderTest): Promise<TLSSocket> {
  const port = Number(new URL(door.url).port);
  const socket = connectTls({ port, host: '127.0.0.1', ca: first.cert });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
  socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n');
  return socket;
}

async function textOf(socket: TLSSocket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
