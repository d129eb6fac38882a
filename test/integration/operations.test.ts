import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestDefaults } from '../../scripts/synthesize/request.ts';
import { writeCheckpoint } from '../../scripts/synthesize/write-checkpoint.ts';
import type { GateReport } from '../../src/serving/gates/gate-report.ts';
import type { OperationReport } from '../../src/serving/update/operation-report.ts';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Answer } from '../support/client.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { operationEvents } from '../support/event-stream.ts';
import { helpersOf, signalAll, tokenizersOf, untilGone } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

interface Updated {
  readonly status: string;
  readonly current_model: string;
  readonly operation: OperationReport;
}

const PREFER_ASYNC = { prefer: 'respond-async' };

/** Beyond what the embedded models agree. */
const STRICT = { minKendallTau: 0.9999 };

let root: Awaited<ReturnType<typeof scratchDirectory>>;
let server: ServiceUnderTest;

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
}

const update = (body: object, headers: Record<string, string> = {}) =>
  server.client.post<Updated>('/update', { model_path: 'local://demo-next', ...body }, headers);
const begin = async (body: object = {}): Promise<OperationReport> => {
  const { status, body: answer } = await update(body, PREFER_ASYNC);
  expect(status).toBe(202);
  return answer.operation;
};
const operation = async (id: string) => (await server.client.get<OperationReport>(`/update/${id}`)).body;
const cancel = (id: string) => server.client.send<OperationReport>('DELETE', `/update/${id}`);
const ended = (id: string) =>
  until('the operation ends', async () => {
    const report = await operation(id);
    return report.status !== 'waiting' && report.status !== 'running' && report;
  });
const eventsOf = (id: string) => operationEvents(`${server.client.url}/update/${id}/events`);
const serving = async () => (await server.client.info()).model_id;
const phasesOf = ({ phases }: OperationReport): string[] => phases.map(({ phase }) => phase);

/** Private copies of models, by the first digits of their content. */
const copies = async () =>
  (await readdir(join(server.stateDirectory, 'models'))).map((name) => name.slice(0, 8)).toSorted();

/**
 * Starts an update and has the new model's tokenizer stand still, so that the update gets no further than its load.
 * @returns its report, and the processes that stand still.
 */
async function beginStuck(body: object = {}): Promise<OperationReport & { readonly stuck: number[] }> {
  const old = await tokenizersOf(process.pid);
  const report = await begin(body);
  const stuck = await until('the new model loads', async () => {
    const fresh = (await tokenizersOf(process.pid)).filter((pid) => !old.includes(pid));
    return fresh.length > 0 && fresh;
  });
  signalAll(stuck, 'SIGSTOP');
  return { ...report, stuck };
}

describe('the events of an update', () => {
  beforeEach(() => start());

  it('tell where it is at once, then every phase, then the end', async () => {
    const { id, stuck } = await beginStuck();
    const events = eventsOf(id);
    const first = (await events.next()).value;
    expect(first).toMatchObject({ name: 'operation', report: { id, status: 'running' } });
    signalAll(stuck, 'SIGCONT');
    const reports = [first.report as OperationReport];
    const names = new Set<string>();
    for await (const { name, report } of events) {
      names.add(name);
      reports.push(report);
    }
    expect([...names]).toEqual(['operation', 'end']);
    const last = reports.at(-1) as OperationReport;
    expect(last).toEqual(await operation(id));
    expect(last).toMatchObject({ status: 'succeeded', phase: 'release' });
    // None is left out after the one in which the stream began.
    const seen = [...new Set(reports.map(({ phase }) => phase))];
    expect(phasesOf(last).slice(-seen.length)).toEqual(seen);
    expect(seen).toEqual(expect.arrayContaining(['check', 'swap', 'persist', 'drain', 'release']));
    const queries = reports.filter(({ phase, progress }) => phase === 'check' && progress !== null);
    expect(queries.at(-1)?.progress).toMatchObject({ unit: 'queries' });
  });

  it('are there for those who come late, and for nobody who asks for another one', async () => {
    const { id } = await begin();
    await ended(id);
    const events = eventsOf(id);
    expect((await events.next()).value).toEqual({ name: 'end', report: await operation(id) });
    expect((await events.next()).done).toBe(true);
    for (const answer of [
      await server.client.get('/update/never'),
      await server.client.get('/update/never/events'),
      await cancel('never'),
    ]) {
      expectError(answer, 404, 'not_found', /no update with the id "never"/);
    }
  });
});

describe('an update that is cancelled', () => {
  beforeEach(() => start());

  it('leaves nothing behind: no process, no copy, no state', async () => {
    const helpers = await helpersOf(process.pid);
    const before = await copies();
    const { id, stuck } = await beginStuck();
    const joined = update({});
    expect(await server.client.get('/info')).toMatchObject({
      body: { operation: { id, status: 'running' } },
    });
    const cancelled = await cancel(id);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({
      id,
      status: 'cancelled',
      error: expect.stringContaining('was cancelled'),
    });
    expectError(await joined, 409, 'update_in_progress', /the update to local:\/\/demo-next was cancelled/);
    await untilGone(stuck);
    expect(await helpersOf(process.pid)).toEqual(helpers);
    expect(await copies()).toEqual(before);
    expect(await server.state()).toBeUndefined();
    expect(await server.client.get('/info')).toMatchObject({ body: { operation: null, unsaved: null } });
    expect(await serving()).toBe('local://demo');
    // Again is no mistake, and the next one goes its way.
    expect((await cancel(id)).body.status).toBe('cancelled');
    expect((await update({})).status).toBe(200);
  });

  it('is not, when its model serves', async () => {
    const { body } = await update({});
    expectError(await cancel(body.operation.id), 409, 'update_in_progress', /too late to cancel/);
    expect(await serving()).toBe('local://demo-next');
  });

  it('is cancelled before it begins when it waits', async () => {
    const { id: first, stuck } = await beginStuck();
    const waiting = await begin({ model_path: 'local://demo', wait: true });
    expect(waiting.status).toBe('waiting');
    expect((await cancel(waiting.id)).body).toMatchObject({ status: 'cancelled', phases: [] });
    signalAll(stuck, 'SIGCONT');
    expect((await ended(first)).status).toBe('succeeded');
    expect(await serving()).toBe('local://demo-next');
  });
});

describe('an update that waits', () => {
  beforeEach(() => start());

  it('has its turn after the one that runs, and gives way to one that comes after it', async () => {
    await copyModel('demo-next', join(root.path, 'third'));
    await writeFile(join(root.path, 'third/README.md'), 'another content');
    const { id: first, stuck } = await beginStuck();
    expectError(await update({ model_path: 'local://third' }), 409, 'update_in_progress', /is under way/);
    const older = await begin({ model_path: 'local://third', wait: true });
    expect(older.status).toBe('waiting');
    const newer = update({ model_path: 'local://demo', wait: true });
    expect(await ended(older.id)).toMatchObject({
      status: 'superseded',
      error: expect.stringContaining('superseded by one to local://demo'),
    });
    signalAll(stuck, 'SIGCONT');
    const { status, body } = await newer;
    expect(status).toBe(200);
    expect(body).toMatchObject({ current_model: 'local://demo', previous_model: 'local://demo-next' });
    expect((await operation(first)).status).toBe('succeeded');
    expect(await server.client.metric('rerankd_swaps_total')).toBe(2);
  });
});

describe('a trial', () => {
  it('finds out everything and changes nothing', async () => {
    await start();
    const helpers = await helpersOf(process.pid);
    const before = await copies();
    const { status, body } = await update({ dry_run: true });
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
    expect(await copies()).toEqual(before);
    expect(await server.state()).toBeUndefined();

    const rejected = await update({ dry_run: true, gates: STRICT });
    expectError(rejected, 422, 'rejected_by_gate', /Kendall tau/);
    expect(await copies()).toEqual(before);
    // What serves can be tried too.
    const same = await update({ dry_run: true, model_path: 'local://demo' });
    expect(same.body.operation.checks?.comparison?.kendallTau).toBeGreaterThan(0.99);
    expect(await copies()).toEqual(before);
    expect(await helpersOf(process.pid)).toEqual(helpers);
  });

  it('leaves the model that is on probation its probation', async () => {
    await start({ RERANK_PROBATION_REQUESTS: '100' });
    await update({});
    await update({ dry_run: true, model_path: 'local://demo' });
    expect((await server.client.get('/info')).body).toMatchObject({
      model_id: 'local://demo-next',
      probation: { state: 'running' },
      standby: { model: 'local://demo' },
    });
  });
});

describe('an Idempotency-Key', () => {
  beforeEach(() => start());
  const key = { 'idempotency-key': 'k1' };

  it('gets the same answer twice, at the same time too, and nothing happens twice', async () => {
    const [first, second] = await Promise.all([update({}, key), update({}, key)]);
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    await server.client.update('local://demo');
    const third = await update({}, key);
    expect(third.body).toEqual(first.body);
    expect(third.headers.get('location')).toBe(`/update/${first.body.operation.id}`);
    expect((await update({}, { ...key, ...PREFER_ASYNC })).body.operation.id).toBe(first.body.operation.id);
    expect(await serving()).toBe('local://demo');
    const other = await update({ dry_run: true }, key);
    expectError(other, 400, 'invalid_request', /Idempotency-Key "k1" was given to another request/);
  });

  it('goes back once', async () => {
    await update({});
    const answers: Answer<Updated>[] = [];
    for (let time = 0; time < 3; time++)
      answers.push(await server.client.post<Updated>('/rollback', {}, key));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.operation.id)).size).toBe(1);
    expect(await serving()).toBe('local://demo');
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
    expect(await operation(id)).toMatchObject({ status: 'failed', checks: report, phase: 'check' });
    expect(await serving()).toBe('local://demo');
    expect(await copies()).toHaveLength(1);

    const { status, body } = await update({ gates: STRICT, force: true });
    expect(status).toBe(200);
    expect(body.operation).toMatchObject({ forced: true, checks: { passed: false, forced: true } });
    expect(await serving()).toBe('local://demo-next');
    expect(server.log.find(/let through by force/)).toBeDefined();
    const audited = server.log.lines.filter((line) => line['audit'] === true);
    expect(audited).toMatchObject([
      { operation: id, status: 'failed', forced: false, error: expect.stringContaining('Kendall tau') },
      { operation: body.operation.id, status: 'succeeded', forced: true, error: null },
    ]);
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
  const refused = await update({});
  expectError(refused, 422, 'rejected_by_gate', /mine\.json as expected: queries\[0\]/);
  expect(await serving()).toBe('local://demo');
  await writeFile(goldenFile, JSON.stringify(anything));
  const { body } = await update({});
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
    const { status, body } = await update({ model_path: 'local://tiny', dtype });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(phasesOf(body.operation)).toContain('swap');
    expect(await form()).toBe(dtype);
    expect(await server.state()).toMatchObject({ model: 'local://tiny', dtype });
  }
  // The same in the same form is nothing to do.
  const again = await update({ model_path: 'local://tiny', dtype: 'int8' });
  expect(phasesOf(again.body.operation)).not.toContain('swap');
  await server.client.post('/rollback', {});
  expect(await form()).toBe('fp32');
  expectError(
    await update({ model_path: 'local://tiny', dtype: 'int4' }),
    400,
    'invalid_request',
    /dtype: must be one of/,
  );
});

it('an update goes into the metrics and has its line in the log', async () => {
  await start();
  const { body } = await update({});
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
