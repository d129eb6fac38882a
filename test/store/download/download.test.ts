import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { gitSha1Of, givenContent, seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { until } from '../../support/until.ts';

const weights = seededContent('weights', 1000 * KIB + 17);

test('a large blob comes in ranges that cover it exactly once', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights);
  await bench.fetch(hub.publish('/weights', weights));
  await bench.expectDone();
  const ranges = hub.requests.all.map(({ range }) => range);
  expect(new Set(ranges).size).toBe(16);
  expect(hub.requests.bytesSent()).toBe(weights.size);
  expect(bench.metrics).toMatchObject({ bytes: { 'source-1': weights.size }, retries: {}, failovers: 0 });
  expect(await readdir(bench.partsDirectory)).toEqual([]);
  // All but the first, which did not know it yet, insist on the ETag.
  const digest = createHash('sha256').update(weights.read(0, weights.size)).digest('hex');
  expect(hub.requests.all.filter(({ ifRange }) => ifRange === `"${digest}"`).length).toBeGreaterThanOrEqual(
    12,
  );
});

test('as many requests as workers at the same time, for all blobs together', async () => {
  await using hub = await startFakeHub();
  const gate = Promise.withResolvers<void>();
  hub.fault({ path: '/', times: 100 }, { kind: 'hold', until: gate.promise });
  const bench = await downloadBench(weights, { workers: 3 });
  const one = bench.fetch(hub.publish('/one', weights));
  const other = bench.downloader.fetch({
    ...bench.request(hub.publish('/other', weights)),
    target: `${bench.target}-2`,
    onBytes: () => {},
  });
  await until('three are asked', () => hub.requests.all.length === 3);
  await new Promise((resolve) => setImmediate(resolve));
  expect(hub.requests.all).toHaveLength(3);
  gate.resolve();
  await Promise.all([one, other]);
  await bench.expectDone();
});

test('a small blob comes by one plain request, an empty one by none', async () => {
  await using hub = await startFakeHub();
  const config = givenContent('{"hidden_size":384}');
  const bench = await downloadBench(config);
  await bench.fetch(hub.publish('/config.json', config));
  await bench.expectDone();
  expect(hub.requests.all).toMatchObject([{ range: undefined, bytesSent: config.size }]);
  const empty = givenContent('');
  const none = await downloadBench(empty);
  await none.fetch(hub.publish('/empty', empty));
  expect((await stat(none.target)).size).toBe(0);
  expect(hub.requests.to('/empty')).toHaveLength(0);
});

test('a blob is known by its git hash where there is no other', async () => {
  await using hub = await startFakeHub();
  const tokenizer = givenContent('{"model":{}}');
  const bench = await downloadBench(tokenizer);
  const expected = { size: tokenizer.size, gitSha1: gitSha1Of(tokenizer) };
  const url = hub.publish('/tokenizer.json', tokenizer);
  await bench.downloader.fetch({ ...bench.request(url), expected });
  await bench.expectDone();
  const wrong = { size: tokenizer.size, gitSha1: gitSha1Of(givenContent('other')) };
  const target = `${bench.target}-2`;
  await expect(
    bench.downloader.fetch({ ...bench.request(url), target, expected: wrong, onBytes: () => {} }),
  ).rejects.toMatchObject({ type: 'source_failed' });
});

test('what is in place is not fetched again', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights);
  const url = hub.publish('/weights', weights);
  await bench.fetch(url);
  hub.requests.clear();
  await bench.fetch(url);
  expect(hub.requests.all).toHaveLength(0);
  expect(bench.told).toEqual({ resumed: weights.size });
});

test.each([
  [{ size: 10 }],
  [{ size: 10, sha256: '../../../../tmp/x' }],
  [{ size: 10, sha256: 'A'.repeat(64) }],
  [{ size: 10, gitSha1: `${'a'.repeat(39)}/` }],
  [{ size: -1, sha256: 'a'.repeat(64) }],
  [{ size: 1.5, sha256: 'a'.repeat(64) }],
  [{ size: 2 ** 50, sha256: 'a'.repeat(64) }],
])('what a hub expects is not taken at its word: %j', async (expected) => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights);
  const url = hub.publish('/weights', weights);
  await expect(bench.downloader.fetch({ ...bench.request(url), expected })).rejects.toMatchObject({
    type: 'source_failed',
  });
  expect(hub.requests.all).toHaveLength(0);
  expect(await readdir(bench.partsDirectory)).toEqual([]);
});

test('a cancelled download keeps its parts, and the next one goes on from them', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights, { workers: 2 });
  const url = hub.publish('/weights', weights);
  hub.fault({ path: '/weights', skip: 8, times: 2 }, { kind: 'stall', afterBytes: 10 * KIB });
  const fetching = bench.fetch(url);
  await until('both workers are stuck', () => hub.requests.all.length === 10);
  await until('six parts are there', async () => (await partsDone(bench.partsDirectory)) >= 8);
  bench.stop.abort(new Error('cancelled'));
  await expect(fetching).rejects.toThrow('cancelled');
  await expect(stat(bench.target)).rejects.toMatchObject({ code: 'ENOENT' });
  hub.requests.clear();
  const again = await downloadBench(weights);
  const request = { ...again.request(url), target: bench.target, partsDirectory: bench.partsDirectory };
  await again.downloader.fetch(request);
  expect(hub.requests.bytesSent()).toBe(weights.size - 8 * 64 * KIB);
  expect(again.told['resumed']).toBe(8 * 64 * KIB);
  expect((await readFile(bench.target)).equals(weights.read(0, weights.size))).toBe(true);
});

test('state that cannot be used is as good as none', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights, { workers: 2 });
  const url = hub.publish('/weights', weights);
  hub.fault({ path: '/weights', times: 100 }, { kind: 'status', status: 404 });
  await expect(bench.fetch(url)).rejects.toMatchObject({ type: 'source_failed' });
  const [directory = ''] = await readdir(bench.partsDirectory);
  await writeFile(join(bench.partsDirectory, directory, 'state.json'), '{"version":1,"done":{"0":');
  hub.clearFaults();
  await bench.fetch(url);
  await bench.expectDone();
});

async function partsDone(partsDirectory: string): Promise<number> {
  const [directory = ''] = await readdir(partsDirectory);
  const text = await readFile(join(partsDirectory, directory, 'state.json'), 'utf8').catch(
    () => '{"done":{}}',
  );
  return Object.keys((JSON.parse(text) as { done: object }).done).length;
}
