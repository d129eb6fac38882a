import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HttpServer } from '../../../src/http/server.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SlowClient } from '../../support/slow-client.ts';
import { until } from '../../support/until.ts';

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const POST = 'POST /long HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}';

/** Requests that came and have no answer yet. */
let waiting: ServerResponse[];
let refused: string[];
let client: SlowClient;

async function listen(listener: RequestListener, clock: Clock = systemClock): Promise<HttpServer> {
  const server = await HttpServer.listen(listener, {
    host: '127.0.0.1',
    port: 0,
    clock,
    headersTimeoutMs: 10_000,
    bodyTimeoutMs: 10_000,
    maxConnections: 10,
    tls: undefined,
    onRefused: (reason) => refused.push(reason),
  });
  onTestFinished(() => server.close(0));
  return server;
}

beforeEach(async () => {
  waiting = [];
  refused = [];
  const server = await listen((request, response) => {
    request.resume();
    waiting.push(response);
  });
  client = await SlowClient.connect(`http://127.0.0.1:${server.port}`);
});

async function came(count: number): Promise<void> {
  await until('the requests are here', () => waiting.length === count);
}

const answers = () => client.text.match(/HTTP\/1\.1 \d+|^body-\d+|^connection: .*$/gim);

/** What comes in is handled in turns of the event loop. */
async function handled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

describe('bytes that are no request, behind one that is still worked on', () => {
  it.each([
    ['nonsense', `${GET('/')}nonsense\r\n\r\n`],
    ['a body longer than its Content-Length', `${POST}${'x'.repeat(100_000)}`],
  ])('leave its answer to it, and then the connection ends: %s', async (_, bytes) => {
    client.send(bytes);
    await came(1);
    client.send('and more\r\n\r\n');
    await handled();
    expect(client.text).toBe('');
    waiting[0]?.end('body-1');
    await client.over();
    expect(answers()).toEqual(['HTTP/1.1 200', 'Connection: close', 'body-1']);
    expect(refused).toEqual([]);
  });

  it('leave their answers to all before them, in their order', async () => {
    client.send(`${GET('/1')}${GET('/2')}\r\nGET nonsense\r\n\r\n`);
    await came(2);
    await handled();
    waiting[1]?.end('body-2');
    waiting[0]?.end('body-1\n');
    await client.over();
    expect(client.text.match(/HTTP\/1\.1 \d+|body-\d/g)).toEqual([
      'HTTP/1.1 200',
      'body-1',
      'HTTP/1.1 200',
      'body-2',
    ]);
    expect(client.text.match(/connection: close/gi)).toHaveLength(1);
  });

  it('do not cut an answer that has begun', async () => {
    client.send(GET('/'));
    await came(1);
    waiting[0]?.writeHead(200, { 'Content-Length': 12 }).write('body-1');
    await client.arrived('body-1');
    client.send('nonsense\r\n\r\n');
    await handled();
    waiting[0]?.end('body-2');
    await client.over();
    expect(client.text).toMatch(/body-1body-2$/);
  });

  it('do not keep a connection whose client leaves its side open and sends on', async () => {
    const clock = new ManualClock();
    const server = await listen((_, response) => void response.end('body-1'), clock);
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    let isOver = false;
    socket.on('error', () => {});
    socket.once('close', () => (isOver = true));
    socket.resume().write(`${GET('/')}nonsense\r\n\r\n`);
    await once(socket, 'end');
    socket.write('x');
    await handled();
    expect(isOver).toBe(false);
    clock.advance(2_000);
    await until('the connection is gone', () => {
      if (!isOver) socket.write('x');
      return isOver;
    });
  });

  it('are answered themselves when they are its own body', async () => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n');
    expect((await client.answer()).status).toBe(400);
    await client.over();
    expect(refused).toEqual(['malformed']);
  });

  it('are answered themselves when what was before them has its answer', async () => {
    client.send(GET('/'));
    await came(1);
    waiting[0]?.end('body-1');
    await client.arrived('body-1');
    client.send('nonsense\r\n\r\n');
    await client.over();
    expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(refused).toEqual(['malformed']);
  });
});
