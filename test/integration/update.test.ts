import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { OperationView, Updated } from '../support/client.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { helpersOf } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

describe('an update', () => {
  let root: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest;
  let demo: readonly number[];

  beforeEach(async () => {
    root = await scratchDirectory();
    await copyModel('demo', join(root.path, 'demo'));
    await copyModel('demo-next', join(root.path, 'demo-next'));
    server = await startService({ RERANK_MODELS_DIR: root.path });
    demo = await server.client.logits(QUERY, DOCUMENTS);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  const updateAsync = (model: string) =>
    server.client.post<{ status: string; operation: OperationView }>(
      '/update',
      { model_path: model },
      { prefer: 'respond-async' },
    );
  const operation = async (id: string) => (await server.client.get<OperationView>(`/update/${id}`)).body;
  const ended = (id: string) =>
    until('the operation ends', async () => {
      const view = await operation(id);
      return view.status === 'running' ? undefined : view;
    });

  it('changes the model that answers, and back again', async () => {
    const helpers = await helpersOf(process.pid);
    const { headers } = await server.client.rerank(QUERY, DOCUMENTS);
    const answer = await server.client.post<Updated>('/update', { model_path: 'local://demo-next' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBe(`/update/${answer.body.operation.id}`);
    expect(answer.body).toMatchObject({
      status: 'success',
      current_model: 'local://demo-next',
      previous_model: 'local://demo',
      operation: { kind: 'update', model: 'local://demo-next', status: 'succeeded', error: null },
    });
    const phases = answer.body.operation.phases.map(({ phase }) => phase);
    expect(phases).toEqual([
      'resolve',
      'fetch',
      'verify',
      'compile',
      'load',
      'warm',
      'check',
      'swap',
      'persist',
      'drain',
      'release',
    ]);

    const after = await server.client.rerank(QUERY, DOCUMENTS, { raw_scores: true });
    expect(after.body.model).toBe('local://demo-next');
    expect(after.headers.get('x-model')).toBe('local://demo-next');
    expect(after.headers.get('x-model-generation')).toBe('2');
    expect(after.headers.get('x-model-digest')).not.toBe(headers.get('x-model-digest'));
    expect(largestDifference(after.body.scores, demo)).toBeGreaterThan(0.01);
    const helpersAfter = await helpersOf(process.pid);
    expect(helpersAfter).toHaveLength(helpers.length);
    expect(
      helpersAfter.some((pid) => helpers.includes(pid)),
      'old processes live on',
    ).toBe(false);

    const rollback = await server.client.post<Updated>('/rollback', {});
    expect(rollback.status).toBe(200);
    expect(rollback.body).toMatchObject({
      status: 'success',
      current_model: 'local://demo',
      previous_model: 'local://demo-next',
    });
    expect(rollback.body.operation.kind).toBe('rollback');
    expect(largestDifference(await server.client.logits(QUERY, DOCUMENTS), demo)).toBeLessThan(SAME_SCORE);
  });

  it('takes the model under both of its names, and mode', async () => {
    const { body } = await server.client.post<Updated>('/update', {
      model: 'demo-next',
      mode: 'beside',
      model_path: null,
    });
    expect(body.current_model).toBe('local://demo-next');
    const absolute = await server.client.update(join(root.path, 'demo'));
    expect(absolute.current_model).toBe('local://demo');
  });

  it('is written down with its history, the newest first', async () => {
    expect(await server.state()).toBeUndefined();
    await server.client.update('local://demo-next');
    const { current, history, available } = await server.client.models();
    expect(current?.model).toBe('local://demo-next');
    expect(history.map(({ model }) => model)).toEqual(['local://demo-next', 'local://demo']);
    expect(available).toEqual(['local://demo', 'local://demo-next']);
    const digest = (at: number): string | undefined => history[at]?.digest.replace('sha256:', '');
    expect(await server.state()).toMatchObject({
      model: 'local://demo-next',
      digest: digest(0),
      previous: { model: 'local://demo', digest: digest(1) },
      pending: null,
      bootAttempts: 0,
    });
  });

  it('to the same content is a success that changes nothing', async () => {
    const helpers = await helpersOf(process.pid);
    await cp(join(root.path, 'demo'), join(root.path, 'same-by-another-name'), { recursive: true });
    for (const model of ['local://demo', 'local://same-by-another-name']) {
      const { status, current_model, operation: report } = await server.client.update(model);
      expect({ status, current_model, operation: report.status }).toEqual({
        status: 'success',
        current_model: 'local://demo',
        operation: 'succeeded',
      });
    }
    expect(await helpersOf(process.pid)).toEqual(helpers);
    const { headers } = await server.client.rerank(QUERY, DOCUMENTS);
    expect(headers.get('x-model-generation')).toBe('1');
  });

  it('answers at once when asked to, and can be followed to its end', async () => {
    const answer = await updateAsync('local://demo-next');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    const { id } = answer.body.operation;
    expect(answer.headers.get('location')).toBe(`/update/${id}`);
    expect(answer.body).toMatchObject({
      status: 'running',
      operation: { status: 'running', model: 'local://demo-next' },
    });
    const last = await ended(id);
    expect(last).toMatchObject({ id, kind: 'update', status: 'succeeded', phase: 'release', error: null });
    const swap = last.phases.find(({ phase }) => phase === 'swap');
    expect(last.lock_held_ms, 'a part of the phase').toBeLessThanOrEqual(swap?.ms ?? 0);
    expect((await server.client.info()).model_id).toBe('local://demo-next');
  });

  it('that fails says so where it is followed', async () => {
    await rm(join(root.path, 'demo-next/tokenizer.json'));
    const { body } = await updateAsync('local://demo-next');
    const last = await ended(body.operation.id);
    expect(last).toMatchObject({ status: 'failed', phase: 'verify' });
    expect(last.error).toMatch(/tokenizer\.json/);
    expect(await server.state()).toBeUndefined();
  });

  it('while another one runs is refused by the name of that one; the same one is joined', async () => {
    await copyModel('demo-next', join(root.path, 'third'));
    const first = await updateAsync('local://demo-next');
    const { id } = first.body.operation;
    const joined = server.client.post<Updated>('/update', { model_path: 'local://demo-next' });
    const joinedAsync = updateAsync('local://demo-next');
    const other = await server.client.post('/update', { model_path: 'local://third' });
    const error = expectError(other, 409, 'update_in_progress', /local:\/\/demo-next/);
    expect(error.message).toContain(id);
    const rollback = await server.client.post('/rollback', { to: 'local://demo' });
    expectError(rollback, 409, 'update_in_progress', new RegExp(id));
    expect((await joinedAsync).body.operation.id).toBe(id);
    expect((await joined).body.operation.id).toBe(id);
    expect((await joined).body).toMatchObject({ status: 'success', current_model: 'local://demo-next' });
    expect(await server.client.metric('rerankd_swaps_total')).toBe(1);
  });

  it('may follow one that failed', async () => {
    await writeFile(join(root.path, 'demo-next/tokenizer.json'), 'x');
    expect((await server.client.post('/update', { model_path: 'local://demo-next' })).status).toBe(422);
    await copyModel('demo-next', join(root.path, 'demo-next'));
    expect((await server.client.update('local://demo-next')).current_model).toBe('local://demo-next');
  });

  it('is not needed to keep the scores of a model whose directory is overwritten or deleted', async () => {
    await cp(join(root.path, 'demo-next'), join(root.path, 'demo'), { recursive: true, force: true });
    expect(largestDifference(await server.client.logits(QUERY, DOCUMENTS), demo)).toBeLessThan(SAME_SCORE);
    // The overwritten directory is another model from now on, and the one before can still be had.
    const updated = await server.client.update('local://demo');
    expect(updated).toMatchObject({ current_model: 'local://demo', previous_model: 'local://demo' });
    const changed = await server.client.logits(QUERY, DOCUMENTS);
    expect(largestDifference(changed, demo)).toBeGreaterThan(0.01);
    await rm(root.path, { recursive: true });
    expect((await server.client.post('/rollback', {})).status).toBe(200);
    expect(largestDifference(await server.client.logits(QUERY, DOCUMENTS), demo)).toBeLessThan(SAME_SCORE);
    expect((await server.client.post('/rollback', {})).status).toBe(200);
    expect(largestDifference(await server.client.logits(QUERY, DOCUMENTS), changed)).toBeLessThan(SAME_SCORE);
  });

  it('can be undone by name, by digest, and by the start of a digest', async () => {
    expectError(await server.client.post('/rollback', {}), 404, 'model_not_found', /no model to go back to/);
    await server.client.update('local://demo-next');
    const { history } = await server.client.models();
    const [next, first] = history.map(({ digest }) => digest);
    for (const [to, model] of [
      ['local://demo', 'local://demo'],
      [next, 'local://demo-next'],
      [first?.replace('sha256:', '').slice(0, 10), 'local://demo'],
    ]) {
      const { status, body } = await server.client.post<Updated>('/rollback', { to });
      expect(status).toBe(200);
      expect(body.current_model).toBe(model);
    }
    for (const to of ['local://never', 'sha256:0123456789', first?.slice(0, 9)]) {
      expectError(
        await server.client.post('/rollback', { to }),
        404,
        'model_not_found',
        /is not in the history/,
      );
    }
    expect((await server.client.info()).model_id).toBe('local://demo');
  });
});
