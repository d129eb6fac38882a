import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestDefaults } from '../../scripts/synthesize/request.ts';
import { writeCheckpoint } from '../../scripts/synthesize/write-checkpoint.ts';
import type { GateReport } from '../../src/serving/operation/gate-report.ts';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import { copiesIn, copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { helpersOf } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { patchState, readState } from '../support/state.ts';
import { phasesOf, Updates } from '../support/updates.ts';

/** Beyond what the embedded models agree. */
const STRICT = { minKendallTau: 0.9999 };

let root: Awaited<ReturnType<typeof scratchDirectory>>;
let server: ServiceUnderTest;
let updates: Updates;

beforeEach(async () => {
  root = await scratchDirectory();
  await copyModel('demo', join(root.path, 'demo'));
  await copyModel('demo-next', join(root.path, 'demo-next'));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  server = await startService({ RERANK_MODELS_DIR: root.path, RERANK_ENGINES: '1', ...settings });
  updates = new Updates(server.client);
}

const serving = async () => (await server.client.info()).model_id;
const copies = () => copiesIn(server.stateDirectory);

describe('a trial', () => {
  it('finds out everything and changes nothing', async () => {
    await start();
    const helpers = await helpersOf(process.pid);
    const before = await copies();
    const { status, body } = await updates.ask({ dry_run: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', current_model: 'local://demo', previous_model: null });
    expect(body.operation).toMatchObject({
      status: 'succeeded',
      dry_run: true,
      model: 'local://demo-next',
      mode: { chosen: 'beside' },
      checks: { passed: true, compared_with: 'local://demo', comparison: { queries: 54 } },
      lock_held_ms: null,
    });
    expect(phasesOf(body.operation)).toEqual([
      'resolve',
      'fetch',
      'verify',
      'compile',
      'load',
      'warm',
      'check',
    ]);
    expect(await serving()).toBe('local://demo');
    expect(await helpersOf(process.pid)).toEqual(helpers);
    // The copy stays, for the update that this was a trial of.
    const tried = await copies();
    expect(tried).toHaveLength(before.length + 1);
    expect(await server.state()).toBeUndefined();

    const rejected = await updates.ask({ dry_run: true, gates: STRICT });
    expectError(rejected, 422, 'rejected_by_gate', /Kendall tau/);
    expect(await copies()).toEqual(tried);
    // What serves can be tried too.
    const same = await updates.ask({ dry_run: true, model_path: 'local://demo' });
    expect(same.body.operation.checks?.comparison?.kendallTau).toBeGreaterThan(0.99);
    expect(await copies()).toEqual(tried);
    expect(await helpersOf(process.pid)).toEqual(helpers);
  });

  it('leaves the model that is on probation its probation', async () => {
    await start({ RERANK_PROBATION_REQUESTS: '100' });
    await updates.ask();
    await updates.ask({ dry_run: true, model_path: 'local://demo' });
    expect((await server.client.get('/info')).body).toMatchObject({
      model_id: 'local://demo-next',
      probation: { state: 'running' },
      standby: { model: 'local://demo' },
    });
  });
});

describe('a model that does not agree', () => {
  beforeEach(() => start());

  it('is refused with everything that was found, and let through by force, which is written down', async () => {
    const refused = await server.client.post<{ report: GateReport }>('/update', {
      model_path: 'local://demo-next',
      gates: STRICT,
    });
    expectError(refused, 422, 'rejected_by_gate', /Kendall tau is 0\.\d+, below 0\.9999/);
    const { report } = refused.body;
    expect(report).toMatchObject({
      passed: false,
      forced: false,
      limits: STRICT,
      compared_with: 'local://demo',
    });
    expect(report.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['agreement']);
    const id = refused.headers.get('location')?.split('/').at(-1) ?? '';
    expect(await updates.report(id)).toMatchObject({ status: 'failed', checks: report, phase: 'check' });
    expect(await serving()).toBe('local://demo');
    expect(await copies()).toHaveLength(1);

    const { status, body } = await updates.ask({ gates: STRICT, force: true });
    expect(status).toBe(200);
    expect(body.operation).toMatchObject({ forced: true, checks: { passed: false, forced: true } });
    expect(await serving()).toBe('local://demo-next');
    expect(server.log.find(/let through by force/)).toBeDefined();
    const audited = server.log.lines.filter((line) => line['audit'] === true);
    expect(audited).toMatchObject([
      { operation: id, status: 'failed', forced: false, error: expect.stringContaining('Kendall tau') },
      { operation: body.operation.id, status: 'succeeded', forced: true },
    ]);
    expect(audited[1]).not.toHaveProperty('error');
  });
});

it('the golden set of the operator decides about every model', async () => {
  const goldenFile = join(root.path, 'mine.json');
  const anything = {
    queries: [{ query: QUERY, documents: DOCUMENTS, order: [...DOCUMENTS.keys()], tolerance: 1 }],
  };
  await writeFile(goldenFile, JSON.stringify(anything));
  await start({ RERANK_GOLDEN: goldenFile });
  // The file is read anew for every update: what serves now is how it should be.
  const logits = await server.client.logits(QUERY, DOCUMENTS);
  await writeFile(goldenFile, JSON.stringify({ queries: [{ query: QUERY, documents: DOCUMENTS, logits }] }));
  const refused = await updates.ask();
  expectError(refused, 422, 'rejected_by_gate', /mine\.json as expected: queries\[0\]/);
  expect(await serving()).toBe('local://demo');
  await writeFile(goldenFile, JSON.stringify(anything));
  const { body } = await updates.ask();
  expect(body.operation.checks?.checks).toContainEqual(
    expect.objectContaining({ name: 'golden', passed: true }),
  );
});

it('an update says in which form a checkpoint serves, and a rollback brings the form back', async () => {
  const request = { ...requestDefaults, architecture: 'bert', size: 'tiny' } as const;
  await writeCheckpoint({ ...request, directory: join(root.path, 'tiny') });
  await start();
  const form = async () => (await server.client.get<{ model_dtype: string }>('/info')).body.model_dtype;
  for (const dtype of ['fp32', 'int8'] as const) {
    const { status, body } = await updates.ask({ model_path: 'local://tiny', dtype });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(phasesOf(body.operation)).toContain('swap');
    expect(await form()).toBe(dtype);
    expect(await server.state()).toMatchObject({ model: 'local://tiny', dtype });
  }
  // The same in the same form is nothing to do.
  const again = await updates.ask({ model_path: 'local://tiny', dtype: 'int8' });
  expect(phasesOf(again.body.operation)).not.toContain('swap');
  await server.client.post('/rollback', {});
  expect(await form()).toBe('fp32');
  expectError(
    await updates.ask({ model_path: 'local://tiny', dtype: 'int4' }),
    400,
    'invalid_request',
    /dtype: must be one of/,
  );
});

it('an update goes into the metrics and has its line in the log', async () => {
  await start();
  const { body } = await updates.ask();
  const report = body.operation;
  expect(report).toMatchObject({
    by: 'local from 127.0.0.1',
    held_requests: 0,
    warnings: [],
    mode: { chosen: 'beside' },
  });
  expect(report.memory?.before_bytes).toBeGreaterThan(2 ** 20);
  const { body: metrics } = await server.client.get<string>('/metrics');
  const value = (series: string): number => Number(metrics.split(`${series} `)[1]?.split('\n')[0]);
  expect(value('rerankd_swaps_total{kind="update",outcome="succeeded",mode="beside"}')).toBe(1);
  expect(value('rerankd_swap_duration_seconds_count')).toBe(1);
  for (const { phase, ms } of report.phases) {
    expect(value(`rerankd_swap_phase_duration_seconds_sum{phase="${phase}"}`), phase).toBeCloseTo(
      ms / 1000,
      9,
    );
  }
  for (const when of ['before', 'after'] as const) {
    expect(value(`rerankd_swap_memory_bytes{when="${when}"}`)).toBe(report.memory?.[`${when}_bytes`]);
  }
  expect(server.log.lines.filter((line) => line['audit'] === true)).toMatchObject([
    {
      operation: report.id,
      kind: 'update',
      model: 'local://demo-next',
      by: 'local from 127.0.0.1',
      status: 'succeeded',
      dry_run: false,
      forced: false,
      mode: 'beside',
      phases: report.phases,
      msg: expect.stringMatching(
        /^update to local:\/\/demo-next by local from 127\.0\.0\.1: succeeded after \d+ ms$/,
      ),
    },
  ]);
});

it('a model in quarantine is refused after a restart too, leaves no copy, and is let in by force', async () => {
  const stateDirectory = join(root.path, 'state');
  await start({ RERANK_STATE_DIR: stateDirectory });
  await updates.ask();
  await server.client.post('/rollback', {});
  const { history } = await server.client.models();
  const digest = history.find(({ model }) => model === 'local://demo-next')?.digest.replace('sha256:', '');
  await server[Symbol.asyncDispose]();
  const bad = {
    model: 'local://demo-next',
    digest,
    reason: 'it was slow',
    since: '2026-05-01T12:00:00.000Z',
  };
  const good = (await readState(stateDirectory))?.['history'] as { model: string }[];
  await patchState(stateDirectory, {
    previous: null,
    history: good.filter(({ model }) => model === 'local://demo'),
    quarantined: [bad],
  });

  await start({ RERANK_STATE_DIR: stateDirectory });
  const before = await copies();
  expect(before).toHaveLength(1);
  expectError(
    await updates.ask(),
    422,
    'rejected_by_gate',
    /local:\/\/demo-next is in quarantine: it was slow/,
  );
  expect(await copies()).toEqual(before);
  expect(await readState(stateDirectory)).toMatchObject({ quarantined: [bad] });
  const { body } = await updates.ask({ force: true });
  expect(body.current_model).toBe('local://demo-next');
  expect(await readState(stateDirectory)).toMatchObject({ quarantined: [] });
});
