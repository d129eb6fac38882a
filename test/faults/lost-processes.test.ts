import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Client } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { Flight } from '../support/flight.ts';
import { helpersOf, signalAll, tokenizersOf, untilGone } from '../support/processes.ts';
import { startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

const ENGINES = 2;
const REQUESTS = 12;

const enginesOf = async (client: Client): Promise<readonly number[]> =>
  (await client.info()).engines.processes;

/** Resolves when the pool has all of its engines, and none of those that were lost. */
async function untilWhole(client: Client, lost: readonly number[]): Promise<void> {
  await until('the pool is whole again', async () => {
    const engines = await enginesOf(client);
    return engines.length === ENGINES && !engines.some((pid) => lost.includes(pid));
  });
}

it('a tokenizer that does not come up again is told at once, by /readyz too, until it does', async () => {
  await using server = await startService();
  const { client, stateDirectory } = server;
  const expected = await client.logits(QUERY, DOCUMENTS);
  const file = await tokenizerFileIn(stateDirectory);
  const content = await readFile(file);
  await rm(file);
  signalAll(await tokenizersOf(process.pid), 'SIGKILL');
  const isDown = /the tokenizer does not come up again/;
  const readyz = await until('it is not ready', async () => {
    const answer = await client.get('/readyz');
    return answer.status === 503 && answer;
  });
  expect(JSON.stringify(readyz.body)).toMatch(isDown);
  const refused = await client.post('/rerank', { query: QUERY, documents: ['no cache knows this'] });
  expectError(refused, 503, 'unavailable', isDown);
  expect(refused.headers.get('retry-after')).toBe('5');
  await writeFile(file, content);
  await until('it is ready', async () => (await client.get('/readyz')).status === 200);
  expect(await client.logits(QUERY, DOCUMENTS)).toEqual(expected);
});

/** Of the private copy of the one model that a server has had. */
async function tokenizerFileIn(stateDirectory: string): Promise<string> {
  const names = await readdir(stateDirectory, { recursive: true });
  const name = names.find((path) => path.endsWith('tokenizer.json'));
  return join(stateDirectory, name ?? '');
}

describe('a request in flight gets its answer', () => {
  it.each([
    ['an engine is', 1],
    ['all engines at once are', ENGINES],
  ])('when %s killed, and the pool is whole again', async (_, count) => {
    await using server = await startService({ RERANK_ENGINES: String(ENGINES) });
    const { client } = server;
    const flight = await Flight.prepare(client, REQUESTS);
    const engines = await enginesOf(client);
    const victims = engines.slice(0, count);
    signalAll(engines, 'SIGSTOP');
    await flight.takeOff();
    signalAll(victims, 'SIGKILL');
    signalAll(engines.slice(count), 'SIGCONT');
    await flight.land();
    await untilWhole(client, victims);
    expect(await client.metric('rerankd_engine_restarts_total')).toBe(count);
    expect(await client.metric('rerankd_batch_retries_total')).toBeGreaterThanOrEqual(count);
    expect(await helpersOf(process.pid)).toHaveLength(ENGINES + 1);
    expect(server.log.find(/engine\.0 ended \(signal SIGKILL\); starting it again/)).toBeDefined();
  });

  it('while engines are killed one after the other under a steady load', async () => {
    await using server = await startService({ RERANK_ENGINES: String(ENGINES) });
    const { client } = server;
    const flight = await Flight.prepare(client, REQUESTS);
    const over = new AbortController();
    let rounds = 0;
    const load = async (): Promise<void> => {
      for (; !over.signal.aborted; rounds++) {
        flight.send();
        await flight.land();
      }
    };
    const kill = async (): Promise<void> => {
      for (const victim of await enginesOf(client)) {
        const before = rounds;
        await until('the load goes on', () => over.signal.aborted || rounds > before);
        process.kill(victim, 'SIGKILL');
        await untilWhole(client, [victim]);
      }
    };
    const endWith = (work: Promise<void>): Promise<void> => work.finally(() => over.abort());
    await Promise.all([endWith(load()), endWith(kill())]);
    expect(await client.metric('rerankd_engine_restarts_total')).toBe(ENGINES);
  });

  it('when an engine hangs: it is killed at its deadline, and another one answers', async () => {
    await using server = await startService({
      RERANK_ENGINES: String(ENGINES),
      RERANK_ENGINE_TIMEOUT_MS: '1500',
    });
    const { client } = server;
    const flight = await Flight.prepare(client, REQUESTS);
    const [hung = 0, other = 0] = await enginesOf(client);
    signalAll([hung, other], 'SIGSTOP');
    await flight.takeOff();
    process.kill(other, 'SIGCONT');
    await flight.land();
    await untilGone([hung]);
    await untilWhole(client, [hung]);
    expect(server.log.find(/engine\.0 ended \(it gave no answer within 1500 ms\)/)).toBeDefined();
  });

  it('when the tokenizer is killed over it', async () => {
    await using server = await startService({ RERANK_ENGINES: String(ENGINES) });
    const { client } = server;
    const flight = await Flight.prepare(client, REQUESTS);
    const [tokenizer = 0] = await tokenizersOf(process.pid);
    process.kill(tokenizer, 'SIGSTOP');
    flight.send();
    // Nothing lies between admission and the tokenizer; from there it can't go on.
    await until('the requests are inside', async () => (await client.metric('rerankd_admitted_tokens')) > 0);
    process.kill(tokenizer, 'SIGKILL');
    await flight.land();
    const [next] = await tokenizersOf(process.pid);
    expect(next).not.toBe(tokenizer);
    expect(await client.metric('rerankd_engine_restarts_total')).toBe(1);
    expect(await client.metric('rerankd_batch_retries_total')).toBe(0);
  });

  it('when the tokenizer had been killed before it came', async () => {
    await using server = await startService({ RERANK_ENGINES: String(ENGINES) });
    const expected = await server.client.logits(QUERY, DOCUMENTS);
    const tokenizers = await tokenizersOf(process.pid);
    signalAll(tokenizers, 'SIGKILL');
    await untilGone(tokenizers);
    expect(await server.client.logits(QUERY, DOCUMENTS)).toEqual(expected);
  });
});
