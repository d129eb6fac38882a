import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { OperationView, Reranked } from '../support/client.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { enginesOf, helpersOf, signalAll, untilGone } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { outputLogits, pairModel, tokenOf, writeModelDirectory } from '../support/test-models.ts';
import { until } from '../support/until.ts';

/** The word that a model gives no number for. None of the queries has it on which models are compared. */
const POISON = '谁';
const POISONED = DOCUMENTS.map((document) => `${document} ${POISON}`);

/** Passes every check, and fails on one word. */
async function poisonableModel(): Promise<Uint8Array> {
  const poison = await tokenOf(POISON);
  return pairModel(({ graph, ops, ids, score }) => {
    const isPoison = ops.cast(ops.equal(ids, graph.scalar('int64', poison)), 'float32');
    const count = ops.sum(isPoison, 1, true);
    // The logarithm of 1 is nothing, that of a negative number is no number.
    outputLogits(
      graph,
      ops.add(score, ops.log(ops.subtract(graph.scalar('float32', 1), ops.multiply(count, 2)))),
    );
  });
}

interface Probation {
  readonly state: string;
  readonly requests: number;
  readonly reason: string | null;
}

interface Changes {
  readonly probation: Probation | null;
  readonly standby: { readonly model: string } | null;
  readonly quarantined: readonly { readonly model: string; readonly reason: string }[];
}

describe('a model on probation', () => {
  let root: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest;
  let demo: readonly number[];
  let poisonedDemo: readonly number[];

  beforeEach(async () => {
    root = await scratchDirectory();
    await copyModel('demo', join(root.path, 'demo'));
    await copyModel('demo-next', join(root.path, 'demo-next'));
    await writeModelDirectory(join(root.path, 'poisonable'), await poisonableModel());
    server = await startService({ RERANK_MODELS_DIR: root.path, RERANK_PROBATION_REQUESTS: '20' });
    demo = await server.client.logits(QUERY, DOCUMENTS);
    poisonedDemo = await server.client.logits(QUERY, POISONED);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  const changes = async () => (await server.client.get<Changes>('/info')).body;
  const rerank = (documents: readonly string[]) =>
    server.client.post<Reranked>('/rerank', { query: QUERY, documents, raw_scores: true });
  const probationEnds = (state: string) =>
    until(`the probation is ${state}`, async () => (await changes()).probation?.state === state);

  it('has the one before it at hand, until it has answered as many requests as were asked for', async () => {
    const old = await helpersOf(process.pid);
    const { operation } = await server.client.update('local://demo-next');
    expect(operation).toMatchObject({ status: 'succeeded', phase: 'probation' });
    expect(await changes()).toMatchObject({
      probation: { state: 'running', requests: 0, requests_wanted: 20 },
      standby: { model: 'local://demo' },
    });
    expect(await helpersOf(process.pid)).toEqual(expect.arrayContaining(old));
    for (let request = 0; request < 20; request++) await server.client.rerank(QUERY, DOCUMENTS);
    await untilGone(old);
    expect(await changes()).toMatchObject({ probation: { state: 'passed', requests: 20 }, standby: null });
    const { body } = await server.client.get<OperationView>(`/update/${operation.id}`);
    expect(body).toMatchObject({ status: 'succeeded', probation: { state: 'passed' } });
    expect(await server.client.metric('rerankd_probations_total')).toBe(1);
  });

  it('is left for the one before it without anything being loaded', async () => {
    const old = await helpersOf(process.pid);
    await server.client.update('local://demo-next');
    const next = (await helpersOf(process.pid)).filter((pid) => !old.includes(pid));
    const rollback = await server.client.post<{ current_model: string; operation: OperationView }>(
      '/rollback',
      {},
    );
    expect(rollback.body.current_model).toBe('local://demo');
    expect(rollback.body.operation.phases.map(({ phase }) => phase)).toEqual([
      'resolve',
      'swap',
      'persist',
      'drain',
      'release',
    ]);
    expect(await server.client.metric('rerankd_store_lookups_total\\{tier="memory"\\}')).toBe(1);
    expect(await helpersOf(process.pid)).toEqual(old);
    await untilGone(next);
    expect(largestDifference(await server.client.logits(QUERY, DOCUMENTS), demo)).toBeLessThan(SAME_SCORE);
    expect(await changes()).toMatchObject({ standby: null, quarantined: [], probation: { state: 'ended' } });
  });

  it('that gives no numbers has its requests answered by the one before it, is taken back, and is not let in again', async () => {
    const { current_model } = await server.client.update('local://poisonable');
    expect(current_model).toBe('local://poisonable');
    // The first one may be the request's own fault: the model goes on serving.
    for (let request = 0; request < 2; request++) {
      const answer = await rerank(POISONED);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-model')).toBe('local://demo');
      expect(largestDifference(answer.body.scores, poisonedDemo)).toBeLessThan(SAME_SCORE);
      if (request === 0) expect((await changes()).probation?.state).toBe('running');
    }
    await probationEnds('rolled_back');
    await until(
      'the old model is back',
      async () => (await server.client.info()).model_id === 'local://demo',
    );
    const reason = /2 of 2 requests got scores that are no numbers/;
    const quarantined = [{ model: 'local://poisonable', reason: expect.stringMatching(reason) }];
    await until('it is in quarantine', async () => (await changes()).quarantined.length === 1);
    expect(await changes()).toMatchObject({ quarantined, standby: null });
    const isWritten = async () => ((await server.state()) as Changes | undefined)?.quarantined.length === 1;
    await until('it is written down', isWritten);
    expect(await server.state()).toMatchObject({ model: 'local://demo', quarantined });
    expect(largestDifference((await rerank(DOCUMENTS)).body.scores, demo)).toBeLessThan(SAME_SCORE);
    expect(await server.client.metric('rerankd_quarantined_models')).toBe(1);
    expect(await server.client.metric('rerankd_requests_answered_by_standby_total')).toBe(2);

    // It has its turn when the rollback is over, to the last of its cleaning up.
    const again = await server.client.post('/update', { model_path: 'local://poisonable', wait: true });
    expectError(again, 422, 'rejected_by_gate', /is in quarantine: 2 of 2 requests/);
    // A rollback doesn't lead there either.
    expectError(
      await server.client.post('/rollback', { to: 'local://poisonable' }),
      404,
      'model_not_found',
      /./,
    );
    const forced = await server.client.update('local://poisonable', { force: true });
    expect(forced.current_model).toBe('local://poisonable');
    expect((await changes()).quarantined).toEqual([]);
  });

  /** So that whatever serves is taken back. */
  const endEngines = async () => {
    for (let crash = 0; crash < 3; crash++) {
      const [engine] = (await server.client.info()).engines.processes;
      signalAll([engine as number], 'SIGKILL');
      await until('an engine is started again', async () => {
        const { ready, processes } = (await server.client.info()).engines;
        return ready === 2 && !processes.includes(engine as number);
      });
    }
    await server.client.rerank(QUERY, DOCUMENTS);
    await probationEnds('rolled_back');
  };

  it('whose engines keep ending is taken back', async () => {
    await server.client.update('local://demo-next');
    await endEngines();
    await until(
      'the old model is back',
      async () => (await server.client.info()).model_id === 'local://demo',
    );
    expect((await changes()).probation?.reason).toMatch(/3 of its processes ended unasked/);
  });

  it('for the same one in another form does not take that along', async () => {
    await server.client.update('local://demo', { dtype: 'fp32' });
    await endEngines();
    const quarantined = [{ model: 'local://demo', dtype: 'fp32' }];
    await until('it is in quarantine', async () => (await changes()).quarantined.length === 1);
    expect(await changes()).toMatchObject({ quarantined });
    const again = { model_path: 'local://demo', wait: true };
    expectError(
      await server.client.post('/update', { ...again, dtype: 'fp32' }),
      422,
      'rejected_by_gate',
      /local:\/\/demo as fp32 is in quarantine/,
    );
    expect((await server.client.post('/update', again)).status).toBe(200);
    expect(await server.state()).toMatchObject({
      model: 'local://demo',
      previous: null,
      history: [{ model: 'local://demo' }],
      quarantined,
    });
  });

  it('makes room for another update, which has its own probation', async () => {
    const old = await enginesOf(process.pid);
    await server.client.update('local://demo-next');
    await server.client.update('local://poisonable');
    await untilGone(old);
    expect(await changes()).toMatchObject({
      probation: { state: 'running' },
      standby: { model: 'local://demo-next' },
    });
  });

  it('serves without one when that was asked for', async () => {
    const old = await helpersOf(process.pid);
    await server.client.update('local://demo-next', { probation: false });
    await untilGone(old);
    expect(await changes()).toMatchObject({ probation: null, standby: null });
  });

  it('in mode hold is taken back by another hold', async () => {
    await server.client.update('local://poisonable', { mode: 'hold' });
    expect(await changes()).toMatchObject({ probation: { state: 'running' }, standby: null });
    for (let request = 0; request < 2; request++) expect((await rerank(POISONED)).status).toBe(500);
    await probationEnds('rolled_back');
    await until(
      'the old model is back',
      async () => (await server.client.info()).model_id === 'local://demo',
    );
    expect(largestDifference((await rerank(POISONED)).body.scores, poisonedDemo)).toBeLessThan(SAME_SCORE);
  });
});
