import { expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { enginesOf, signalAll } from '../support/processes.ts';
import { ServerProcess } from '../support/server-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const MARK = 'zanzibarmarker';

const LOUD = { LOG_LEVEL: 'trace', RERANK_PROBE_LIVE: '8', RERANK_MAX_BODY_BYTES: '20000' };

/** Everything that can go well or wrong with a text. */
async function everything(client: Client, server: ServerProcess): Promise<void> {
  const ask = (body: object, headers = {}) =>
    client.post('/rerank', body, { 'x-request-id': 'known', ...headers });
  const documents = [`${MARK} tells of the moon`, 'bread'];
  for (let index = 0; index < 10; index++) {
    expect((await ask({ query: `${MARK} ${index}`, documents })).status).toBe(200);
  }
  await ask({ query: MARK, texts: documents, return_text: true });
  await ask({ query: MARK, documents: [{ text: MARK, title: MARK }], rank_fields: ['title'], model: MARK });
  await ask({ query: MARK, documents: MARK });
  await ask({ query: [MARK], documents: [5] });
  await ask({ query: MARK, documents: [MARK.repeat(3000)] });
  await ask({ query: MARK, documents, timeout_ms: 1 });
  await ask({ query: MARK, documents }, { 'x-request-timeout': MARK });
  for (const body of [`{"query": "${MARK}`, MARK, `{"query": ${MARK}}`, `\uD800${MARK}`]) {
    await client.send('POST', '/rerank', { headers: { 'content-type': 'application/json' }, body });
  }
  await client.send('POST', '/rerank', { headers: { 'content-type': 'text/plain' }, body: MARK });
  // Live requests serve as probes, and the report of a refused model tells how they went.
  const refused = await client.post('/update', {
    model_path: 'local://demo-next',
    gates: { minKendallTau: 1, minTop1Overlap: 1 },
  });
  expect(refused.status).toBe(422);
  const engines = await enginesOf(server.pid);
  signalAll(engines, 'SIGSTOP');
  const inFlight = [1, 2].map((index) => ask({ query: `${MARK} crash ${index}`, documents }));
  await until('both are inside', async () => (await client.metric('rerankd_admitted_requests')) === 2);
  signalAll(engines, 'SIGKILL');
  expect((await Promise.all(inFlight)).map(({ status }) => status)).toEqual([200, 200]);
  await client.update('local://demo-next');
}

it('never writes a query or a document into the log, whatever happens', async () => {
  await using server = ServerProcess.start(await temporaryDirectory(), LOUD);
  await everything(await server.ready(), server);
  server.kill('SIGTERM');
  expect(await server.exit).toMatchObject({ code: 0 });
  expect(server.output.length).toBeGreaterThan(2000);
  expect(server.output).toContain('"requestId":"known"');
  expect(server.output).not.toContain(MARK);
});

it('does so when the operator asks for it', async () => {
  await using server = ServerProcess.start(await temporaryDirectory(), { ...LOUD, RERANK_LOG_TEXTS: '1' });
  const client = await server.ready();
  await client.rerank(MARK, [`${MARK} is an island`, 'x'.repeat(5000)]);
  server.kill('SIGTERM');
  await server.exit;
  const line = server.output.split('\n').find((one) => one.includes(MARK)) ?? '';
  expect(JSON.parse(line)).toMatchObject({ query: MARK, count: 2, requestId: expect.any(String) });
  expect(line.length).toBeLessThan(3000);
});
