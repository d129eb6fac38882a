import { describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Client, Reranked } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { signalAll } from '../support/processes.ts';
import { type CardOptions, type ServiceOnCard, startOnCard } from '../support/service-on-card.ts';
import { SkippingClock } from '../support/skipping-clock.ts';
import { findStubCard } from '../support/stub-card/stub-card.ts';
import { until } from '../support/until.ts';

const { library = '', missing } = await findStubCard();
const notHere = missing ? ` (not here: ${missing})` : '';

const MINUTE = 60_000;

/** Pairs of some dozens of tokens. */
const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${DOCUMENTS.join(' ')} This is number ${index} of them.`);

const ask = (client: Client, documents: readonly string[] = DOCUMENTS) =>
  client.post<Reranked>('/rerank', { query: QUERY, documents });

const start = (settings?: Readonly<Record<string, string>>, options?: CardOptions): Promise<ServiceOnCard> =>
  startOnCard(library, settings, options);

async function expectAnswered(server: ServiceOnCard, documents: readonly string[]): Promise<void> {
  const answer = await ask(server.client, documents);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.body.results).toHaveLength(documents.length);
}

const untilRestarted = (client: Client, count: number): Promise<unknown> =>
  until(`${count} engines were started again`, async () => {
    // In this order: an engine that was killed counts as ready until its end is known.
    if ((await client.metric('rerankd_engine_restarts_total')) !== count) return false;
    return (await client.info()).engines.ready === 1;
  });

interface Ready {
  readonly status: string;
  readonly reason?: string;
  readonly remark?: string;
}

describe.skipIf(missing)(`a GPU${notHere}`, { timeout: 60_000 }, () => {
  it('without memory for a batch costs no request: it is split, and batches stay smaller for a while', async () => {
    const clock = new SkippingClock();
    await using server = await start({}, { overrides: { clock } });
    const { client } = server;
    expect(await client.metric('rerankd_batch_budget_tokens')).toBe(8192);
    // The first engine has the memory of the largest batch since its warm-up; one that is started again has it not.
    signalAll((await client.info()).engines.processes, 'SIGKILL');
    await untilRestarted(client, 1);
    await server.card.breakDown('malloc', 2);
    await expectAnswered(server, many(200));
    expect(await client.metric('rerankd_batch_splits_total')).toBeGreaterThan(0);
    expect(await client.metric('rerankd_engine_restarts_total')).toBe(1);
    const shrunk = await client.metric('rerankd_batch_budget_tokens');
    expect(shrunk).toBeLessThan(8192);
    expect(server.log.find(/did not fit into the memory of the device: batches have/)).toBeDefined();
    await server.card.repair('malloc');
    clock.skip(MINUTE);
    await expectAnswered(server, many(20));
    expect(await client.metric('rerankd_batch_budget_tokens')).toBeGreaterThan(shrunk);
  });

  it('without memory for a moment costs nothing', async () => {
    await using server = await start();
    await server.card.breakDown('launch', 2, true);
    await expectAnswered(server, ['a word']);
    expect(await server.client.metric('rerankd_batch_retries_total')).toBe(1);
    expect(await server.client.metric('rerankd_batch_budget_tokens')).toBe(8192);
  });

  it.each([
    ['a launch', 'launch', 719, 'cudaErrorLaunchFailure'],
    ['a launch', 'launch', 700, 'cudaErrorIllegalAddress'],
    ['a copy', 'memcpy', 214, 'CUDA failure 214: uncorrectable ECC error'],
    ['waiting for it', 'sync', 700, 'CUDA failure 700'],
  ] as const)('where %s fails (%s %i) costs its engine, and no request', async (_, call, error, words) => {
    await using server = await start();
    const { client } = server;
    await server.card.breakDown(call, error);
    const answers = Array.from({ length: 4 }, (_each, index) => ask(client, many(10 + index)));
    await until('the engine has ended', () => server.log.messages.some((line) => line.includes('ended')));
    await server.card.repair(call);
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
    expect(server.log.messages.find((line) => line.includes('ended'))).toContain(words);
    expect(await client.get<string>('/metrics').then(({ body }) => body)).toMatch(
      /rerankd_engine_restarts_total\{reason="device_lost"\} 1/,
    );
    await expectAnswered(server, DOCUMENTS);
  });

  it('that stays away makes the server say so and refuse at once, until it is back', async () => {
    await using server = await start();
    const { client } = server;
    await server.card.breakDown('device', 214);
    const waiting = ask(client);
    const ready = await until('it is not ready', async () => {
      const answer = await client.get<Ready>('/readyz');
      return answer.status === 503 && answer.body.reason?.includes('does not come up') === true && answer;
    });
    expect(ready.body.reason).toMatch(
      /^the engine does not come up again: .*CUDA failure 214: uncorrectable ECC error encountered$/,
    );
    expectError(await waiting, 503, 'unavailable', /CUDA failure 214/);
    const refused = await ask(client);
    expectError(refused, 503, 'unavailable', /CUDA failure 214/);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await client.get('/livez')).status).toBe(200);
    expect(await client.metric('rerankd_engine_failed_starts_total')).toBeGreaterThanOrEqual(3);
    await server.card.repair('device');
    await until('it is ready', async () => (await client.get('/readyz')).status === 200);
    await expectAnswered(server, DOCUMENTS);
    expect((await client.get('/healthz')).status).toBe(200);
  });

  it('that loads models and computes nothing is not taken for one that works', async () => {
    await using server = await start();
    const { client } = server;
    await server.card.breakDown('launch', 719);
    const waiting = ask(client);
    await until('it is not ready', async () => {
      const { body } = await client.get<Ready>('/readyz');
      return (
        body.reason?.includes('does not come up') === true && body.reason.includes('cudaErrorLaunchFailure')
      );
    });
    expect((await waiting).status).toBe(503);
    const said = server.log.lines.filter(({ msg }) => msg?.includes('[E:onnxruntime'));
    // At the first failure and at the first start after it, and never again, however many starts there are.
    const told = said.filter(({ level }) => Number(level) > 20);
    expect(new Set(told.map(({ pid }) => pid)).size).toBeLessThanOrEqual(2);
    expect(said.length).toBeGreaterThan(told.length);
    expect(said.find(({ msg }) => msg?.includes('\u001B'))).toBeUndefined();
    expect(server.log.lines.filter(({ msg }) => msg?.endsWith('could not be started again'))).toHaveLength(1);
    // A batch that nobody waits for any more must not keep the engines from coming back.
    await server.card.repair('launch');
    await until('it is ready', async () => (await client.get('/readyz')).status === 200);
    await expectAnswered(server, DOCUMENTS);
  });

  it('whose engine is killed over requests costs none of them', async () => {
    await using server = await start();
    const { client } = server;
    const [engine = 0] = (await client.info()).engines.processes;
    signalAll([engine], 'SIGSTOP');
    const answers = Array.from({ length: 6 }, (_, index) => ask(client, many(5 + index)));
    await until('they are inside', async () => (await client.metric('rerankd_admitted_requests')) === 6);
    signalAll([engine], 'SIGKILL');
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
    await untilRestarted(client, 1);
  });

  it('that faults again and again does not take back the model that is on probation', async () => {
    await using server = await start({ RERANK_PROBATION_REQUESTS: '1000' });
    const { client } = server;
    await client.update('xlm-roberta-bf16');
    for (let fault = 1; fault <= 3; fault++) {
      await server.card.breakDown('launch', 719);
      const answer = ask(client, many(fault));
      await until('the engine has ended', async () => {
        return (await client.metric('rerankd_engine_restarts_total')) === fault;
      });
      await server.card.repair('launch');
      expect((await answer).status).toBe(200);
    }
    expect((await client.get('/info')).body).toMatchObject({
      current: { model: 'local://xlm-roberta-bf16' },
      probation: { state: 'running' },
      quarantined: [],
    });
  });

  it('that is broken makes an update fail for what it is, and leaves the server standing', async () => {
    await using server = await start();
    const { client } = server;
    await server.card.breakDown('device', 100);
    const answer = await client.post('/update', { model_path: 'xlm-roberta-bf16' });
    expectError(answer, 503, 'unavailable', /the device does not work: .*no CUDA-capable device/);
    await server.card.repair('device');
    await until('it serves', async () => (await ask(client)).status === 200);
  });
});

describe.skipIf(missing)(`RERANK_DEVICE=auto${notHere}`, { timeout: 60_000 }, () => {
  it('takes the card', async () => {
    await using server = await start({ RERANK_DEVICE: 'auto' });
    expect((await server.client.info()).current).toMatchObject({ device: 'cuda' });
  });

  it('does not start on the CPU when the card does not work', async () => {
    await expect(start({ RERANK_DEVICE: 'auto' }, { broken: { device: 46 } })).rejects.toThrow(
      /RERANK_DEVICE=auto found .*, but cuda does not work here.*CUDA failure 46/s,
    );
  });

  it('starts on the CPU when told to, and says so wherever one looks', async () => {
    const settings = { RERANK_DEVICE: 'auto', RERANK_GPU_FALLBACK: 'cpu' };
    await using server = await start(settings, { broken: { device: 46 } });
    const { client, log } = server;
    expect(log.find(/FALLING BACK TO THE CPU/)).toBeDefined();
    expect(await client.info()).toMatchObject({
      current: { device: 'cpu' },
      device_fallback: { from: 'cuda', reason: expect.stringContaining('CUDA failure 46') },
    });
    expect(await client.metric('rerankd_device_fallback')).toBe(1);
    const ready = await client.get<Ready>('/readyz');
    expect([ready.status, ready.body.remark]).toEqual([200, expect.stringContaining('CUDA failure 46')]);
    await expectAnswered(server, DOCUMENTS);
  });

  it('moves to the CPU when the card stays away, and keeps what was served', async () => {
    const clock = new SkippingClock();
    const settings = { RERANK_DEVICE: 'auto', RERANK_GPU_FALLBACK: 'cpu' };
    await using server = await start(settings, { overrides: { clock } });
    const { client } = server;
    const before = (await client.info()).current;
    await server.card.breakDown('device', 214);
    expectError(await ask(client), 503, 'unavailable', /CUDA failure 214/);
    clock.skip(MINUTE);
    await until('the CPU serves', async () => {
      clock.skip(MINUTE);
      return (await client.info()).current?.generation !== before?.generation;
    });
    await expectAnswered(server, DOCUMENTS);
    expect((await client.info()).current).toMatchObject({ model: before?.model, digest: before?.digest });
    expect(await client.metric('rerankd_device_fallback')).toBe(1);
    expect(server.log.find(/stays away: FALLING BACK TO THE CPU/)).toBeDefined();
    expect((await client.get<Ready>('/readyz')).body.remark).toContain('CUDA failure 214');
  });

  it('does not move when RERANK_DEVICE=cuda, whatever RERANK_GPU_FALLBACK says', async () => {
    const clock = new SkippingClock();
    await using server = await start({ RERANK_GPU_FALLBACK: 'cpu' }, { overrides: { clock } });
    const { client } = server;
    await server.card.breakDown('device', 214);
    expectError(await ask(client), 503, 'unavailable', /CUDA failure 214/);
    clock.skip(MINUTE);
    await server.card.repair('device');
    await until('the card serves', async () => (await ask(client)).status === 200);
    expect((await client.info()).current).toMatchObject({ device: 'cuda' });
  });
});
