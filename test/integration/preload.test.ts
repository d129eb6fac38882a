import { cp, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { OperationView, Updated } from '../support/client.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { goldenRoot } from '../support/golden.ts';
import { helpersOf } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

interface Accepted {
  readonly status: string;
  readonly operation: OperationView;
}

/** A checkpoint, which has to be compiled. */
const BERT = { model: 'bert', dtype: 'int8' };

const ASYNC = { prefer: 'respond-async' };

describe('a preload', () => {
  let root: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest;

  beforeEach(async () => {
    root = await scratchDirectory();
    await copyModel('demo', join(root.path, 'demo'));
    await copyModel('demo-next', join(root.path, 'demo-next'));
    server = await startService({ RERANK_MODELS_DIR: `${root.path}:${goldenRoot}` });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  const preload = (body: object, headers = {}) => server.client.post<Updated>('/models', body, headers);
  const ended = (id: string) =>
    until('the operation ends', async () => {
      const { body } = await server.client.get<OperationView>(`/update/${id}`);
      return body.status === 'succeeded' || body.status === 'failed' ? body : undefined;
    });
  const compilations = (): string[] => server.log.messages.filter((message) => /compiling/.test(message));

  it('makes a model ready and swaps nothing; the update that follows has only to load it', async () => {
    const before = await server.client.rerank(QUERY, DOCUMENTS);
    const helpers = await helpersOf(process.pid);
    const answer = await preload(BERT);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBe(`/update/${answer.body.operation.id}`);
    expect(answer.body).toMatchObject({
      status: 'success',
      current_model: 'local://demo',
      previous_model: null,
      operation: { kind: 'preload', status: 'succeeded', phase: 'compile', error: null, lock_held_ms: null },
    });
    expect(answer.body.operation.phases.map(({ phase }) => phase)).toEqual([
      'resolve',
      'fetch',
      'verify',
      'compile',
    ]);
    expect(compilations().length).toBeGreaterThan(0);
    expect(await helpersOf(process.pid)).toEqual(helpers);
    expect(await server.state()).toBeUndefined();
    const after = await server.client.rerank(QUERY, DOCUMENTS);
    expect(after.headers.get('x-model-generation')).toBe(before.headers.get('x-model-generation'));

    const compiledSoFar = compilations().length;
    // The next one cleans up behind itself, and must spare what waits.
    await server.client.update('local://demo-next');
    await server.client.update('bert', { dtype: 'int8' });
    expect(compilations()).toHaveLength(compiledSoFar);
  });

  it('can be followed like an update: accepted, events, its end', async () => {
    const accepted = await server.client.post<Accepted>(
      '/models',
      { model_path: 'local://demo-next' },
      ASYNC,
    );
    expect(accepted.status).toBe(202);
    const { id } = accepted.body.operation;
    expect(accepted.headers.get('location')).toBe(`/update/${id}`);
    const events = await server.client.get<string>(`/update/${id}/events`);
    expect(events.body).toMatch(/event: end\ndata: .*"kind":"preload".*"status":"succeeded"/);
    expect(await ended(id)).toMatchObject({ kind: 'preload', status: 'succeeded' });
    expect(await server.client.metric('rerankd_swap_duration_seconds_count')).toBe(0);
  });

  it('and an update never run at the same time: refused, or one behind the other', async () => {
    const first = await server.client.post<Accepted>('/models', BERT, ASYNC);
    const { id } = first.body.operation;
    const refused = await server.client.post('/update', { model_path: 'local://demo-next' });
    expectError(refused, 409, 'update_in_progress', new RegExp(`a preload of .*bert.*${id}`));
    expectError(await preload({ model: 'demo-next' }), 409, 'update_in_progress', new RegExp(id));
    const again = await server.client.post<Accepted>('/models', BERT, ASYNC);
    expect(again.body.operation.id, 'the same one is joined').toBe(id);
    const next = { model_path: 'local://demo-next', wait: true };
    const update = await server.client.post<Accepted>('/update', next, ASYNC);
    expect(update.body.status).toBe('waiting');
    // What only saves time must not take the place of an update.
    const later = await preload({ model: 'demo', wait: true });
    expectError(later, 409, 'update_in_progress', /an update to local:\/\/demo-next is under way/);
    expect((await ended(update.body.operation.id)).status).toBe('succeeded');
    expect((await ended(id)).status).toBe('succeeded');
    expect((await server.client.info()).model_id).toBe('local://demo-next');
  });

  it('that fails says why, and leaves nothing behind', async () => {
    const models = join(server.stateDirectory, 'models');
    const before = await readdir(models);
    await rm(join(root.path, 'demo-next/tokenizer.json'));
    const answer = await preload({ model: 'demo-next' });
    expectError(answer, 422, 'invalid_model', /tokenizer/);
    expectError(await preload({ model: 'nowhere' }), 404, 'model_not_found', /nowhere/);
    expectError(await preload({}), 400, 'invalid_request', /model is missing/);
    expectError(await preload({ model: 'demo', dtype: 'int3' }), 400, 'invalid_request', /dtype/);
    // Refused only when its copy is there.
    await rm(join(root.path, 'demo'), { recursive: true });
    await cp(join(goldenRoot, 'bert'), join(root.path, 'demo'), { recursive: true });
    await truncate(join(root.path, 'demo/model.safetensors'), 64);
    expect((await preload({ model: 'demo', dtype: 'fp32' })).status).toBe(422);
    expect(await readdir(models)).toEqual(before);
    expect((await server.client.info()).model_id).toBe('local://demo');
  });

  it('can be cancelled', async () => {
    const accepted = await server.client.post<Accepted>('/models', BERT, ASYNC);
    const cancelled = await server.client.send<OperationView>(
      'DELETE',
      `/update/${accepted.body.operation.id}`,
    );
    expect(cancelled.body).toMatchObject({ kind: 'preload', status: 'cancelled' });
    expect((await server.client.info()).model_id).toBe('local://demo');
  });
});

describe('POST /models', () => {
  it('is for administrators', async () => {
    await using server = await startService({ RERANK_ADMIN_KEY: 'secret', RERANK_API_KEY: 'public' });
    const body = { model: 'local://demo-next' };
    expect((await server.client.post('/models', body, { authorization: 'Bearer public' })).status).toBe(401);
    expect((await server.client.post('/models', body, { authorization: 'Bearer secret' })).status).toBe(200);
  });
});
