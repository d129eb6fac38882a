import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { OperationView, Reranked } from '../support/client.ts';
import { copiesIn, copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { enginesOf, helpersOf, signalAll, tokenizersOf, untilGone } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { outputLogits, pairModel, tokenOf, writeModelDirectory } from '../support/test-models.ts';
import { until } from '../support/until.ts';

/** Loads, and then gives every document the same score. */
const constantModel = pairModel(({ graph, ops, score }) => outputLogits(graph, ops.multiply(score, 0)));

/** Gives no number for long documents. */
async function shortSightedModel(): Promise<Uint8Array> {
  const the = await tokenOf('the');
  return pairModel(({ graph, ops, ids, score }) => {
    const isThe = ops.cast(ops.equal(ids, graph.scalar('int64', the)), 'float32');
    const left = ops.subtract(graph.scalar('float32', 20.5), ops.sum(isThe, 1, true));
    outputLogits(graph, ops.add(score, ops.multiply(ops.log(left), 0)));
  });
}

it('a tokenizer that models have handed on starts again when the copy of the first of them is deleted', async () => {
  await using root = await scratchDirectory();
  for (const name of ['first', 'second', 'third']) {
    const directory = await copyModel('demo', join(root.path, name));
    const config = JSON.parse(await readFile(join(directory, 'config.json'), 'utf8')) as object;
    await writeFile(join(directory, 'config.json'), JSON.stringify({ ...config, name }));
  }
  await using server = await startService({
    RERANK_MODELS_DIR: root.path,
    RERANK_MODEL: 'local://first',
    RERANK_HISTORY: '1',
  });
  const [tokenizer = 0] = await tokenizersOf(process.pid);
  for (const name of ['second', 'third']) await server.client.update(`local://${name}`, { mode: 'hold' });
  expect(await tokenizersOf(process.pid)).toEqual([tokenizer]);
  expect(await copiesIn(server.stateDirectory)).toHaveLength(2);
  process.kill(tokenizer, 'SIGKILL');
  await untilGone([tokenizer]);
  const { headers } = await server.client.rerank(QUERY, DOCUMENTS);
  expect(headers.get('x-model')).toBe('local://third');
});

describe('an update in mode hold', () => {
  let root: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest;
  let demo: readonly number[];

  beforeEach(async () => {
    root = await scratchDirectory();
    await copyModel('demo', join(root.path, 'demo'));
    await copyModel('demo-next', join(root.path, 'demo-next'));
    await writeModelDirectory(join(root.path, 'constant'), constantModel);
    server = await startService({ RERANK_MODELS_DIR: root.path });
    demo = await server.client.logits(QUERY, DOCUMENTS);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  const begin = async (body: object): Promise<OperationView> => {
    const prefer = { prefer: 'respond-async' };
    const answer = await server.client.post<{ operation: OperationView }>('/update', body, prefer);
    expect(answer.status).toBe(202);
    return answer.body.operation;
  };
  const operation = async (id: string) => (await server.client.get<OperationView>(`/update/${id}`)).body;
  const reached = (id: string, phase: string) =>
    until(`the phase ${phase}`, async () =>
      (await operation(id)).phases.some((entry) => entry.phase === phase),
    );
  const rerank = (headers: Record<string, string> = {}) =>
    server.client.post<Reranked>(
      '/rerank',
      { query: QUERY, documents: DOCUMENTS, raw_scores: true },
      headers,
    );

  it('ends the old model before it loads the new one, and has everything else ready by then', async () => {
    const { operation: report } = await server.client.update('local://demo-next', { mode: 'hold' });
    expect(report.phases.map(({ phase }) => phase)).toEqual([
      'resolve',
      'fetch',
      'verify',
      'compile',
      'stage',
      'drain',
      'release',
      'load',
      'warm',
      'check',
      'persist',
      'drain',
      'release',
    ]);
    expect(report).toMatchObject({
      mode: { chosen: 'hold', why: expect.stringMatching(/^hold, as asked for/) },
    });
    const { body, headers } = await server.client.rerank(QUERY, DOCUMENTS, { raw_scores: true });
    expect(headers.get('x-model')).toBe('local://demo-next');
    expect(largestDifference(body.scores, demo)).toBeGreaterThan(0.01);
    expect(await helpersOf(process.pid)).toHaveLength(3);
  });

  it('has requests wait that come while no model is loaded, stays healthy, and tells those in a hurry when to come back', async () => {
    const inFlight = await enginesOf(process.pid);
    // A request that can't end keeps the window open for as long as the test wants.
    signalAll(inFlight, 'SIGSTOP');
    const before = rerank();
    await until(
      'the request is inside',
      async () => (await server.client.metric('rerankd_admitted_requests')) === 1,
    );
    const { id } = await begin({ model_path: 'local://demo-next', mode: 'hold' });
    await reached(id, 'drain');

    const waiting = [rerank(), rerank()];
    await until(
      'all are inside',
      async () => (await server.client.metric('rerankd_admitted_requests')) === 3,
    );
    expect((await server.client.get('/healthz')).status).toBe(200);
    expect((await server.client.get('/readyz')).status).toBe(200);
    const hurried = await rerank({ 'x-request-timeout': '1ms' });
    expectError(hurried, 429, 'overloaded', /the model is being changed/);
    expect(Number(hurried.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);

    signalAll(inFlight, 'SIGCONT');
    expect((await before).headers.get('x-model')).toBe('local://demo');
    for (const answer of await Promise.all(waiting)) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-model')).toBe('local://demo-next');
    }
    const report = await until('it succeeds', async () => {
      const view = await operation(id);
      return view.status === 'succeeded' && view;
    });
    expect(report).toMatchObject({ held_requests: 2 });
    expect(await server.client.metric('rerankd_swap_held_requests_total')).toBe(2);
  });

  it('brings the old model back by itself when the new one fails in the window', async () => {
    const answer = await server.client.post('/update', { model_path: 'local://constant', mode: 'hold' });
    expectError(answer, 422, 'rejected_by_gate', /gives every document the same score/);
    const { headers, body } = await rerank();
    expect(headers.get('x-model')).toBe('local://demo');
    expect(headers.get('x-model-generation')).toBe('3');
    expect(largestDifference(body.scores, demo)).toBeLessThan(SAME_SCORE);
    expect(await helpersOf(process.pid)).toHaveLength(3);
    expect((await server.client.get('/healthz')).status).toBe(200);
    // And the next update goes its way.
    expect((await server.client.update('local://demo-next')).current_model).toBe('local://demo-next');
  });

  it('brings it back in another window when the new one fails on what there was no time for', async () => {
    await writeModelDirectory(join(root.path, 'short-sighted'), await shortSightedModel());
    const answer = await server.client.post('/update', { model_path: 'local://short-sighted', mode: 'hold' });
    expectError(answer, 422, 'rejected_by_gate', /some of its scores are not numbers/);
    expect((await server.client.info()).model_id).toBe('local://demo');
    expect(largestDifference((await rerank()).body.scores, demo)).toBeLessThan(SAME_SCORE);
    expect(await server.state()).toBeUndefined();
    expect(await helpersOf(process.pid)).toHaveLength(3);
  });

  it('can be cancelled as long as the old model has not ended, and leaves nothing behind', async () => {
    const helpers = await helpersOf(process.pid);
    const engines = await enginesOf(process.pid);
    signalAll(engines, 'SIGSTOP');
    const before = rerank();
    await until(
      'the request is inside',
      async () => (await server.client.metric('rerankd_admitted_requests')) === 1,
    );
    const { id } = await begin({ model_path: 'local://demo-next', mode: 'hold' });
    await reached(id, 'drain');
    const spares = (await helpersOf(process.pid)).filter((pid) => !helpers.includes(pid));
    // The tokenizer is the same for both models, and is shared.
    expect(spares).toHaveLength(2);
    const cancelled = await server.client.send<OperationView>('DELETE', `/update/${id}`);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body.status).toBe('cancelled');
    await untilGone(spares);
    signalAll(engines, 'SIGCONT');
    expect((await before).status).toBe(200);
    expect(largestDifference((await rerank()).body.scores, demo)).toBeLessThan(SAME_SCORE);
  });

  it('compares with what the old model answered before it ended', async () => {
    const gates = { minKendallTau: 0.9999 };
    const answer = await server.client.post<{ report: { compared_with: string } }>('/update', {
      model_path: 'local://demo-next',
      mode: 'hold',
      gates,
    });
    expectError(answer, 422, 'rejected_by_gate', /Kendall tau is 0\.97\d+, below 0\.9999/);
    expect(answer.body.report.compared_with).toBe('local://demo');
    expect(largestDifference((await rerank()).body.scores, demo)).toBeLessThan(SAME_SCORE);
  });
});
