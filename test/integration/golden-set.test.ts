import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GateReport } from '../../src/serving/operation/gate-report.ts';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { OperationView } from '../support/client.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';
import { until } from '../support/until.ts';

let root: Awaited<ReturnType<typeof scratchDirectory>>;
let server: ServiceUnderTest;
let next: string;

beforeEach(async () => {
  root = await scratchDirectory();
  await copyModel('demo', join(root.path, 'demo'));
  next = await copyModel('demo-next', join(root.path, 'demo-next'));
  server = await startService({ RERANK_MODELS_DIR: root.path, RERANK_ENGINES: '1' });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

const update = () => server.client.post('/update', { model_path: 'local://demo-next' });

async function digest(): Promise<string> {
  const { history } = await server.client.models();
  return String(history[0]?.digest);
}

it('a golden.json in the model directory decides whether the model may serve, and is a part of it', async () => {
  const logits = await server.client.logits(QUERY, DOCUMENTS);
  const golden = { queries: [{ query: QUERY, documents: DOCUMENTS, logits: logits.map((z) => z + 1) }] };
  await writeFile(join(next, 'golden.json'), JSON.stringify(golden));
  const refused = await update();
  const { message } = expectError(refused, 422, 'rejected_by_gate', /golden\.json of the model/);
  expect(message).toContain(`queries[0] "${QUERY}": the logit of documents[`);
  const { report } = refused.body as { report: GateReport };
  expect(report).toMatchObject({ passed: false, forced: false });
  expect(report.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['golden']);
  expect(await server.client.logits(QUERY, DOCUMENTS)).toEqual(logits);

  await writeFile(join(next, 'golden.json'), JSON.stringify({ ...golden, tolerance: 100 }));
  expect((await update()).status).toBe(200);
  const copy = join(server.stateDirectory, 'models', (await digest()).replace('sha256:', ''), 'golden.json');
  expect(JSON.parse(await readFile(copy, 'utf8'))).toEqual({ ...golden, tolerance: 100 });
});

it.each([
  ['no JSON', '{"queries": ['],
  ['empty', '{"queries": []}'],
])('a golden.json that is %s refuses the model before anything is compiled', async (_, text) => {
  await writeFile(join(next, 'golden.json'), text);
  const refused = await update();
  expectError(refused, 422, 'rejected_by_gate', /golden\.json of the model can't be used/);
  const body = { model_path: 'local://demo-next' };
  const begun = await server.client.post<{ operation: OperationView }>('/update', body, {
    prefer: 'respond-async',
  });
  const ended = await until('it has ended', async () => {
    const { body: report } = await server.client.get<OperationView>(`/update/${begun.body.operation.id}`);
    return report.status === 'failed' ? report : undefined;
  });
  expect(ended.phases.map(({ phase }) => phase)).not.toContain('compile');
});
