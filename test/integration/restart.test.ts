import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { launchService, type ServiceUnderTest, startService } from '../support/running-service.ts';
import { patchState, readState, statePath } from '../support/state.ts';

describe('after a restart', () => {
  let updated: Awaited<ReturnType<typeof scratchDirectory>>;
  let next: readonly number[];
  let place: Awaited<ReturnType<typeof scratchDirectory>>;
  let models: string;
  let state: string;

  /** One server ran, changed to demo-next and stopped: what it left behind is where most of these tests begin. */
  beforeAll(async () => {
    updated = await scratchDirectory();
    await using server = await startService({ RERANK_STATE_DIR: updated.path });
    await server.client.update('local://demo-next');
    next = await server.client.logits(QUERY, DOCUMENTS);
  });
  afterAll(() => updated[Symbol.asyncDispose]());

  beforeEach(async () => {
    place = await scratchDirectory();
    models = join(place.path, 'models');
    state = join(place.path, 'state');
    await copyModel('demo', join(models, 'demo'));
    await copyModel('demo-next', join(models, 'demo-next'));
    await cp(updated.path, state, { recursive: true });
  });
  afterEach(() => place[Symbol.asyncDispose]());

  // One engine is enough here: what counts is which model it loads.
  const settings = () => ({ RERANK_MODELS_DIR: models, RERANK_STATE_DIR: state, RERANK_ENGINES: '1' });
  const start = (others: Record<string, string> = {}): Promise<ServiceUnderTest> =>
    startService({ ...settings(), ...others });

  async function expectModel(
    { client }: ServiceUnderTest,
    model: string,
    logits: readonly number[],
  ): Promise<void> {
    const { body } = await client.rerank(QUERY, DOCUMENTS, { raw_scores: true });
    expect(body.model).toBe(model);
    expect(largestDifference(body.scores, logits)).toBeLessThan(SAME_SCORE);
  }

  it('the last good model serves, not the configured one, and rolling back still works', async () => {
    await using server = await start({ RERANK_MODEL: 'local://demo' });
    await expectModel(server, 'local://demo-next', next);
    expect(server.log.find(/demo-next is the last good model and wins over RERANK_MODEL/)).toBeDefined();
    const { history } = await server.client.models();
    expect(history.map(({ model }) => model)).toEqual(['local://demo-next', 'local://demo']);
    expect((await server.client.post('/rollback', {})).status).toBe(200);
    expect((await server.client.info()).model_id).toBe('local://demo');
  });

  it('the configured model serves when nothing was ever updated', async () => {
    await rm(state, { recursive: true });
    await (await start())[Symbol.asyncDispose]();
    await using server = await start({ RERANK_MODEL: 'local://demo-next' });
    expect((await server.client.info()).model_id).toBe('local://demo-next');
    expect(await server.state()).toBeUndefined();
  });

  it('the very content serves that served before, although its directory was changed or deleted', async () => {
    await rm(join(models, 'demo-next'), { recursive: true });
    await copyModel('demo', join(models, 'demo-next'));
    await using server = await start();
    await expectModel(server, 'local://demo-next', next);
  });

  it('the model before serves when the last good one is gone, copy and source, and the log says so', async () => {
    const { digest, previous } = (await readState(state)) as { digest: string; previous: { digest: string } };
    await rm(join(state, 'models', digest), { recursive: true });
    await rm(join(models, 'demo-next'), { recursive: true });
    await using server = await start({ RERANK_MODEL: 'local://never' });
    expect((await server.client.info()).model_id).toBe('local://demo');
    expect(
      server.log.find(/the last good model local:\/\/demo-next does not load: local:\/\/demo serves/),
    ).toBeDefined();
    expect(await server.state()).toMatchObject({
      model: 'local://demo',
      digest: previous.digest,
      bootAttempts: 0,
    });
  });

  it('the source serves when only the copy is gone', async () => {
    await rm(join(state, 'models'), { recursive: true });
    await using server = await start();
    await expectModel(server, 'local://demo-next', next);
  });

  it('the source serves when the copy has lost a file', async () => {
    const { digest } = (await readState(state)) as { digest: string };
    await rm(join(state, 'models', digest, 'onnx/model.onnx'));
    await using server = await start();
    await expectModel(server, 'local://demo-next', next);
  });

  it('nothing serves when no model loads, and the error names the model', async () => {
    await rm(join(state, 'models'), { recursive: true });
    await rm(models, { recursive: true });
    const failed = start({ RERANK_MODEL: 'local://demo' });
    await expect(failed).rejects.toThrow(/there is no model "local:\/\/demo"/);
    // The model is gone, not forgotten: when the disk is back it serves again.
    expect(await readState(state)).toMatchObject({ model: 'local://demo-next', bootAttempts: 1 });
  });

  it.each([
    ['half of a file', '{"model": "local://demo-n'],
    ['no JSON at all', '\0\0\0'],
    ['an empty file', ''],
    ['a file of another program', '{"version": 3}'],
    ['null', 'null'],
  ])('a state file that is %s is put aside, and the configured model serves', async (_, content) => {
    await writeFile(statePath(state), content);
    await using server = await start();
    expect((await server.client.info()).model_id).toBe('local://demo');
    expect(server.log.find(/could not be read and was put aside/)).toContain(
      `${statePath(state)}.unreadable`,
    );
    expect(await readFile(`${statePath(state)}.unreadable`, 'utf8')).toBe(content);
  });

  it('an update that was cut off is not resumed', async () => {
    await patchState(state, { pending: { model: 'local://demo', since: '2026-01-01T00:00:00Z' } });
    await using server = await start();
    expect((await server.client.info()).model_id).toBe('local://demo-next');
    expect(server.log.find(/an update to local:\/\/demo was cut off/)).toBeDefined();
    expect(await server.state()).toMatchObject({ model: 'local://demo-next', pending: null });
  });

  it('a model over which the process died three times loses its turn', async () => {
    await patchState(state, { bootAttempts: 2 });
    {
      await using server = await start();
      expect((await server.client.info()).model_id).toBe('local://demo-next');
      expect(await server.state()).toMatchObject({ bootAttempts: 0 });
    }
    await patchState(state, { bootAttempts: 3 });
    await using server = await start();
    expect((await server.client.info()).model_id).toBe('local://demo');
    expect(await server.state()).toMatchObject({ model: 'local://demo', bootAttempts: 0 });
  });

  it('a start that was called off does not count against the model', async () => {
    const server = await launchService(settings());
    await server[Symbol.asyncDispose]();
    await expect(server.service.ready).rejects.toThrow();
    expect(await readState(state)).toMatchObject({ model: 'local://demo-next', bootAttempts: 0 });
  });

  it('half-made and forgotten copies are cleared away', async () => {
    for (const leftover of ['.incoming-999999999-cut-off', 'f'.repeat(64)])
      await copyModel('demo', join(state, 'models', leftover));
    await using server = await start();
    const { history } = await server.client.models();
    const kept = await readdir(join(state, 'models'));
    expect(kept.map((digest) => `sha256:${digest}`).toSorted()).toEqual(
      history.map(({ digest }) => digest).toSorted(),
    );
  });
});
