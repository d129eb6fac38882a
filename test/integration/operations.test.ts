import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperationReport } from '../../src/serving/operation/operation-report.ts';
import type { Answer } from '../support/client.ts';
import { copiesIn, copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { helpersOf, signalAll, untilGone } from '../support/processes.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { type Changed, phasesOf, Updates } from '../support/updates.ts';

let root: Awaited<ReturnType<typeof scratchDirectory>>;
let server: ServiceUnderTest;
let updates: Updates;

beforeEach(async () => {
  root = await scratchDirectory();
  await copyModel('demo', join(root.path, 'demo'));
  await copyModel('demo-next', join(root.path, 'demo-next'));
  server = await startService({ RERANK_MODELS_DIR: root.path, RERANK_ENGINES: '1' });
  updates = new Updates(server.client);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

const serving = async () => (await server.client.info()).model_id;
const copies = () => copiesIn(server.stateDirectory);

describe('the events of an update', () => {
  it('tell where it is at once, then every phase, then the end', async () => {
    const { id, stuck } = await updates.beginStuck();
    const events = updates.events(id);
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
    expect(last).toEqual(await updates.report(id));
    expect(last).toMatchObject({ status: 'succeeded', phase: 'release' });
    // None is left out after the one in which the stream began.
    const seen = [...new Set(reports.map(({ phase }) => phase))];
    expect(phasesOf(last).slice(-seen.length)).toEqual(seen);
    expect(seen).toEqual(expect.arrayContaining(['check', 'swap', 'persist', 'drain', 'release']));
    const queries = reports.filter(({ phase, progress }) => phase === 'check' && progress !== null);
    expect(queries.at(-1)?.progress).toMatchObject({ unit: 'queries' });
  });

  it('are there for those who come late, and for nobody who asks for another one', async () => {
    const { id } = await updates.begin();
    await updates.ended(id);
    const events = updates.events(id);
    expect((await events.next()).value).toEqual({ name: 'end', report: await updates.report(id) });
    expect((await events.next()).done).toBe(true);
    for (const answer of [
      await server.client.get('/update/never'),
      await server.client.get('/update/never/events'),
      await updates.cancel('never'),
    ]) {
      expectError(answer, 404, 'not_found', /no update with the id "never"/);
    }
  });
});

describe('an update that is cancelled', () => {
  it('leaves nothing behind: no process, no copy, no state', async () => {
    const helpers = await helpersOf(process.pid);
    const before = await copies();
    const { id, stuck } = await updates.beginStuck();
    const joined = updates.ask();
    expect(await server.client.get('/info')).toMatchObject({
      body: { operation: { id, status: 'running' } },
    });
    const cancelled = await updates.cancel(id);
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
    expect((await updates.cancel(id)).body.status).toBe('cancelled');
    expect((await updates.ask()).status).toBe(200);
  });

  it('is not, when its model serves', async () => {
    const { body } = await updates.ask();
    expectError(await updates.cancel(body.operation.id), 409, 'update_in_progress', /too late to cancel/);
    expect(await serving()).toBe('local://demo-next');
  });

  it('is cancelled before it begins when it waits', async () => {
    const { id: first, stuck } = await updates.beginStuck();
    const waiting = await updates.begin({ model_path: 'local://demo', wait: true });
    expect(waiting.status).toBe('waiting');
    expect((await updates.cancel(waiting.id)).body).toMatchObject({ status: 'cancelled', phases: [] });
    signalAll(stuck, 'SIGCONT');
    expect((await updates.ended(first)).status).toBe('succeeded');
    expect(await serving()).toBe('local://demo-next');
  });
});

describe('an update that waits', () => {
  it('has its turn after the one that runs, and gives way to one that comes after it', async () => {
    await copyModel('demo-next', join(root.path, 'third'));
    await writeFile(join(root.path, 'third/README.md'), 'another content');
    const { id: first, stuck } = await updates.beginStuck();
    expectError(
      await updates.ask({ model_path: 'local://third' }),
      409,
      'update_in_progress',
      /is under way/,
    );
    const older = await updates.begin({ model_path: 'local://third', wait: true });
    expect(older.status).toBe('waiting');
    const newer = updates.ask({ model_path: 'local://demo', wait: true });
    expect(await updates.ended(older.id)).toMatchObject({
      status: 'superseded',
      error: expect.stringContaining('superseded by one to local://demo'),
    });
    signalAll(stuck, 'SIGCONT');
    const { status, body } = await newer;
    expect(status).toBe(200);
    expect(body).toMatchObject({ current_model: 'local://demo', previous_model: 'local://demo-next' });
    expect((await updates.report(first)).status).toBe('succeeded');
    expect(await server.client.metric('rerankd_swaps_total')).toBe(2);
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'k1' };

  it('gets the same answer twice, at the same time too, and nothing happens twice', async () => {
    const [first, second] = await Promise.all([updates.ask({}, key), updates.ask({}, key)]);
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    await server.client.update('local://demo');
    const third = await updates.ask({}, key);
    expect(third.body).toEqual(first.body);
    expect(third.headers.get('location')).toBe(`/update/${first.body.operation.id}`);
    expect((await updates.begin({}, key)).id).toBe(first.body.operation.id);
    expect(await serving()).toBe('local://demo');
    const other = await updates.ask({ dry_run: true }, key);
    expectError(other, 400, 'invalid_request', /Idempotency-Key "k1" was given to another request/);
  });

  it('goes back once', async () => {
    await updates.ask();
    const answers: Answer<Changed>[] = [];
    for (let time = 0; time < 3; time++)
      answers.push(await server.client.post<Changed>('/rollback', {}, key));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.operation.id)).size).toBe(1);
    expect(await serving()).toBe('local://demo');
  });
});
