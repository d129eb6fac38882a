import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { benchSettings } from '../../../bench/server/bench-settings.ts';
import { startRerankd } from '../../../bench/server/start-rerankd.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const never = new AbortController().signal;

async function start(settings: Readonly<Record<string, string>> = {}) {
  const directory = await temporaryDirectory();
  const own = { RERANK_STATE_DIR: join(directory, 'state'), RERANK_ENGINES: '1', RERANK_DEVICE: 'cpu' };
  return await startRerankd({ ...benchSettings, ...own, ...settings }, join(directory, 'server.log'), never);
}

it('a server of a bench answers, and its end is no surprise when the bench ends it', async () => {
  const server = await start();
  const response = await fetch(`${server.url}/readyz`);
  expect(response.status).toBe(200);
  await server[Symbol.asyncDispose]();
  expect(server.ended.aborted).toBe(false);
  await expect(fetch(`${server.url}/readyz`)).rejects.toThrow('fetch failed');
});

it('the end of a server that nobody asked for is told with the end of its log', async () => {
  await using server = await start();
  const told = once(server.ended, 'abort');
  process.kill(server.pid, 'SIGTERM');
  await told;
  expect(String(server.ended.reason)).toMatch(
    /main\.ts ended unasked[^]*SIGTERM: finishing what is in flight/,
  );
});

it('a server that can not start says why, and none is left', async () => {
  await expect(start({ RERANK_DTYPE: 'int3' })).rejects.toThrow(/ended unasked[^]*RERANK_DTYPE/);
});
