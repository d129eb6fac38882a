import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { hangUp, json, ScriptedServer } from '../../support/scripted-server.ts';
import { testTransport } from '../../support/transports.ts';

/** A forward proxy that tells what it was asked for. */
async function startProxy({ refuses = false } = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const onward = forward(request.url ?? '', { headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    if (refuses) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const onward = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const ask = async (transport: ReturnType<typeof testTransport>, url: string) => {
  const answer = await transport.request({ url: new URL(url), signal: new AbortController().signal });
  await answer.discard();
  return answer.status;
};

it('goes through the proxy that the environment names, except where it says not to', async () => {
  const server = await ScriptedServer.start({ 'GET /a': json(200, {}) });
  const proxy = await startProxy();
  const through = testTransport({ proxies: { http: proxy.url } });
  expect(await ask(through, `${server.url}/a`)).toBe(200);
  expect(proxy.asked).toHaveLength(1);
  const around = testTransport({ proxies: { http: proxy.url, except: '127.0.0.1' } });
  expect(await ask(around, `${server.url}/a`)).toBe(200);
  expect(proxy.asked).toHaveLength(1);
});

it('asks the proxy for a tunnel to an https: origin, and says when it is refused', async () => {
  const proxy = await startProxy({ refuses: true });
  const transport = testTransport({ proxies: { https: proxy.url } });
  await expect(ask(transport, 'https://hub.example/a')).rejects.toThrow(/proxy does not let it through.*403/);
  expect(proxy.asked).toEqual(['hub.example:443']);
});

it('asks once more when a connection ends before an answer, and only once', async () => {
  const server = await ScriptedServer.start({
    'GET /once': [hangUp, json(200, {})],
    'GET /always': hangUp,
  });
  const transport = testTransport();
  expect(await ask(transport, `${server.url}/once`)).toBe(200);
  await expect(ask(transport, `${server.url}/always`)).rejects.toMatchObject({ kind: 'reset' });
  expect(server.asked).toEqual(['GET /once', 'GET /once', 'GET /always', 'GET /always']);
});
