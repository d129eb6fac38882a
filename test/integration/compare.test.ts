import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { OperationView } from '../support/client.ts';
import { expectError } from '../support/error-answer.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

interface Side {
  readonly role: string;
  readonly model: string;
  readonly logits: readonly number[];
  readonly order: readonly number[];
}

interface Compared {
  readonly models: readonly [Side, Side];
  readonly agreement: { readonly kendall_tau: number; readonly same_best: boolean };
}

describe('POST /compare', () => {
  let server: ServiceUnderTest;
  let demo: readonly number[];

  beforeEach(async () => {
    server = await startService({ RERANK_PROBATION_REQUESTS: '100', RERANK_ADMIN_KEY: 'admin' });
    demo = await server.client.logits(QUERY, DOCUMENTS);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const admin = { authorization: 'Bearer admin' };
  const compare = (body: object = { query: QUERY, documents: DOCUMENTS }) =>
    server.client.post<Compared>('/compare', body, admin);
  const update = (terms: object) =>
    server.client.post<{ operation: OperationView }>(
      '/update',
      { model_path: 'local://demo-next', ...terms },
      { ...admin, prefer: 'respond-async' },
    );
  const info = async () => (await server.client.get<{ probation: { requests: number } }>('/info')).body;

  it('scores on the new model and on the one before it, and leaves the probation alone', async () => {
    await server.client.post('/update', { model_path: 'local://demo-next' }, admin);
    const { status, body } = await compare();
    expect(status).toBe(200);
    expect((await info()).probation.requests).toBe(0);
    const next = await server.client.logits(QUERY, DOCUMENTS);
    const [current, other] = body.models;
    expect(current).toMatchObject({ role: 'current', model: 'local://demo-next' });
    expect(other).toMatchObject({ role: 'standby', model: 'local://demo' });
    expect(largestDifference(current.logits, next)).toBeLessThan(SAME_SCORE);
    expect(largestDifference(other.logits, demo)).toBeLessThan(SAME_SCORE);
    const best = Math.max(...current.logits);
    expect(current.order).toHaveLength(DOCUMENTS.length);
    expect(current.logits[current.order[0] ?? -1]).toBe(best);
    expect(body.agreement.kendall_tau).toBeGreaterThan(0);
  });

  it('scores on a candidate while it scores live requests', async () => {
    const { body } = await update({ dry_run: true, shadow: { percent: 100, requests: 2 } });
    const operation = async () =>
      (await server.client.get<OperationView>(`/update/${body.operation.id}`, admin)).body;
    await until('it scores live requests', async () => (await operation()).phase === 'shadow');
    const compared = (await compare()).body;
    expect(compared.models.map(({ role, model }) => `${role} ${model}`)).toEqual([
      'current local://demo',
      'candidate local://demo-next',
    ]);
    expect(largestDifference(compared.models[0].logits, demo)).toBeLessThan(SAME_SCORE);
    await server.client.rerank(QUERY, DOCUMENTS);
    await server.client.rerank(QUERY, DOCUMENTS);
    await until('it is over', async () => (await operation()).status === 'succeeded');
    expectError(await compare(), 404, 'not_found', /no second model/);
  });

  it('says so while there is one model only', async () => {
    expectError(await compare(), 404, 'not_found', /no second model/);
  });

  it('is for administrators, and for a bounded number of texts', async () => {
    expectError(
      await server.client.post('/compare', { query: QUERY, documents: DOCUMENTS }),
      401,
      'unauthorized',
      /administrators/,
    );
    const many = Array.from({ length: 201 }, () => 'a');
    for (const body of [
      {},
      { query: ' ', documents: ['a'] },
      { query: 'q', documents: [] },
      { query: 'q', documents: [1] },
      { query: 'q', documents: many },
    ]) {
      expectError(await compare(body), 400, 'invalid_request', /query|documents/);
    }
  });
});

it('lists the operations of late, the latest first', async () => {
  await using server = await startService();
  const list = async () =>
    (await server.client.get<{ operations: OperationView[] }>('/update')).body.operations;
  expect(await list()).toEqual([]);
  await server.client.update('local://demo-next');
  await server.client.post('/rollback', {});
  expect((await list()).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'rollback succeeded',
    'update succeeded',
  ]);
});
