import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DOCUMENTS, largestDifference, QUERY, SAME_SCORE } from '../support/capitals.ts';
import type { OperationView } from '../support/client.ts';
import { embeddedModels } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { givenContent, seededContent, sha256Of } from '../support/fake-hub/content.ts';
import { type FakeHub, startFakeHub } from '../support/fake-hub/fake-hub.ts';
import { startService } from '../support/running-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const NAMES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'];

async function filesOf(model: string): Promise<Record<string, Buffer>> {
  const files = NAMES.map(async (name) => [name, await readFile(join(embeddedModels, model, name))] as const);
  return Object.fromEntries(await Promise.all(files));
}

async function startWith(hub: FakeHub, more: Readonly<Record<string, string>> = {}) {
  return await startService({
    HF_ENDPOINT: hub.origin,
    HF_HUB_CACHE: await temporaryDirectory(),
    // The large files come from another origin on loopback.
    RERANK_HUB_ALLOW_PRIVATE: 'any',
    RERANK_CACHE_FREE_BYTES: '0',
    ...more,
  });
}

it('a model of a hub is fetched, verified and served, and then needs the hub no more', async () => {
  await using hub = await startFakeHub();
  const commit = hub.repository('acme/reranker').commit(await filesOf('demo-next'));
  await using server = await startWith(hub);
  const demo = await server.client.logits(QUERY, DOCUMENTS);
  const { current_model, operation } = await server.client.update('acme/reranker');
  const pinned = `hf://acme/reranker@${commit}`;
  expect(current_model).toBe(pinned);
  expect(operation.phases.map(({ phase }) => phase).slice(0, 4)).toEqual([
    'resolve',
    'fetch',
    'verify',
    'compile',
  ]);
  expect(hub.requests.to('/onnx/model.onnx')).not.toHaveLength(0);
  const next = await server.client.logits(QUERY, DOCUMENTS);
  expect(largestDifference(next, demo)).toBeGreaterThan(0.01);

  expect((await server.client.models()).available).toEqual(['local://demo', 'local://demo-next', pinned]);

  hub.kill();
  expect((await server.client.update('local://demo')).current_model).toBe('local://demo');
  expect((await server.client.update(pinned)).current_model).toBe(pinned);
  expect(largestDifference(await server.client.logits(QUERY, DOCUMENTS), next)).toBeLessThan(SAME_SCORE);
  expect(await server.client.metric('rerankd_store_bytes_total')).toBeGreaterThan(0);
});

it('a directory of that name comes before the hub', async () => {
  await using hub = await startFakeHub();
  await using server = await startWith(hub);
  expect((await server.client.update('demo-next')).current_model).toBe('local://demo-next');
  expect(hub.requests.to('/')).toHaveLength(0);
});

it('says what is wrong when there is no such model, and asks nobody when it is offline', async () => {
  await using hub = await startFakeHub();
  await using server = await startWith(hub);
  const missing = await server.client.post('/update', { model_path: 'acme/nothing' });
  expectError(missing, 404, 'model_not_found', /acme\/nothing/);
  await using offline = await startWith(hub, { HF_HUB_OFFLINE: '1' });
  hub.requests.clear();
  const refused = await offline.client.post('/update', { model_path: 'hf://acme/reranker' });
  expectError(refused, 404, 'model_not_found', /acme\/reranker/);
  expect(hub.requests.to('/')).toHaveLength(0);
});

it('an endpoint may be private, and nothing else on its host', async () => {
  await using hub = await startFakeHub();
  hub.repository('acme/reranker').commit(await filesOf('demo-next'));
  await using server = await startWith(hub, { RERANK_HUB_ALLOW_PRIVATE: '' });
  const refused = await server.client.post('/update', { model_path: 'acme/reranker' });
  expectError(
    refused,
    502,
    'source_failed',
    /\S+ of acme\/reranker could not be fetched .*127\.0\.0\.1 is an address/,
  );
  expect(hub.requests.all.filter(({ server: asked }) => asked === 'cdn')).toEqual([]);
});

it('a flipped byte never serves', async () => {
  await using hub = await startFakeHub();
  hub.repository('acme/reranker').commit(await filesOf('demo-next'));
  hub.fault({ server: 'cdn', path: '/', times: 100 }, { kind: 'flip', at: 1000 });
  await using server = await startWith(hub);
  const answer = await server.client.post('/update', { model_path: 'acme/reranker' });
  expectError(answer, 502, 'source_failed', /sha256|SHA-256/i);
  expect((await server.client.info()).model_id).toBe('local://demo');
});

it('a published model is fetched by the hash of its manifest', async () => {
  await using hub = await startFakeHub();
  const files = await filesOf('demo-next');
  const entries = Object.entries(files).map(([path, bytes]) => {
    hub.publish(`/models/one/${path}`, givenContent(bytes));
    return { path, size: bytes.length, sha256: sha256Of(givenContent(bytes)) };
  });
  const manifest = givenContent(JSON.stringify({ version: 1, files: entries }));
  const url = hub.publish('/models/one/manifest.json', manifest);
  await using server = await startWith(hub);
  const reference = `${url.href}#sha256=${sha256Of(manifest)}`;
  expect((await server.client.update(reference)).current_model).toBe(reference);
  const found = (tier: string) => server.client.metric(`rerankd_store_lookups_total\\{tier="${tier}"\\}`);
  expect(await found('remote')).toBe(1);
  await server.client.update('local://demo');
  await server.client.update(reference);
  expect([await found('remote'), await found('disk'), await found('memory')]).toEqual([1, 1, 0]);
  const lied = await server.client.post('/update', { model_path: `${url.href}#sha256=${'0'.repeat(64)}` });
  expect(lied.status).toBe(502);
});

it('only models that the operator trusts are served', async () => {
  await using hub = await startFakeHub();
  hub.repository('acme/reranker').commit(await filesOf('demo-next'));
  await using plain = await startWith(hub);
  const { digest } = (await plain.client.info()).current as { digest: string };
  await using server = await startWith(hub, { RERANK_TRUSTED_DIGESTS: digest });
  const answer = await server.client.post<OperationView>('/update', {
    model_path: 'acme/reranker',
    force: true,
  });
  expectError(answer, 403, 'forbidden_reference', /is not a trusted model/);
});

it('what was fetched and is needed no more makes room for what comes, and nothing else does', async () => {
  await using hub = await startFakeHub();
  const files = await filesOf('demo-next');
  const cache = await temporaryDirectory();
  const folderOf = (name: string): string => join(cache, `models--acme--${name}`);
  // Somebody else's, in the same cache.
  const foreign = join(folderOf('foreign'), 'snapshots', 'f'.repeat(40));
  await mkdir(foreign, { recursive: true });
  await writeFile(join(foreign, 'model.safetensors'), Buffer.alloc(1_000_000));
  await using server = await startWith(hub, {
    HF_HUB_CACHE: cache,
    RERANK_HISTORY: '2',
    RERANK_CACHE_MAX_BYTES: '12000000',
  });
  const names = ['one', 'two', 'three', 'four', 'five'];
  for (const [index, name] of names.entries()) {
    const own = { 'tokenizer_config.json': String(files['tokenizer_config.json']).padEnd(2000 + index) };
    const commit = hub.repository(`acme/${name}`).commit({ ...files, ...own, 'README.md': name });
    const { current_model } = await server.client.update(`acme/${name}`);
    expect(current_model).toBe(`hf://acme/${name}@${commit}`);
  }
  const kept = (await readdir(cache)).filter((name) => name.startsWith('models--')).toSorted();
  expect(kept).not.toContain('models--acme--one');
  expect(kept).toEqual(
    expect.arrayContaining(['five', 'foreign', 'four'].map((it) => `models--acme--${it}`)),
  );
  expect(await server.client.metric('rerankd_store_evictions_total{kind="snapshot"}')).toBeGreaterThan(0);
  // What the rollback needs is there.
  hub.kill();
  expect((await server.client.post<{ current_model: string }>('/rollback', {})).body.current_model).toMatch(
    /^hf:..acme.four@/,
  );

  const enormous = { ...files, 'onnx/model.onnx': seededContent('weights', 12_000_000) };
  await using another = await startFakeHub();
  another.repository('acme/enormous').commit(enormous);
  await using full = await startWith(another, { HF_HUB_CACHE: cache, RERANK_CACHE_MAX_BYTES: '12000000' });
  const refused = await full.client.post('/update', { model_path: 'acme/enormous' });
  expectError(refused, 507, 'insufficient_storage', /no room .* in the store/);
  expect(another.requests.to('/onnx/model.onnx')).toHaveLength(0);
  expect(await readdir(cache)).toContain('models--acme--foreign');
});
