import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { seededContent, sha256Of } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import type { Fault, FaultRule } from '../../support/fake-hub/faults.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { testTransport } from '../../support/transports.ts';
import { until } from '../../support/until.ts';

const PART = 64 * KIB;
const weights = seededContent('weights', 16 * PART);
const etag = `"${sha256Of(weights)}"`;

async function fetchWith(faults: readonly [Partial<FaultRule>, Fault][], workers = 4) {
  const hub = await startFakeHub();
  const bench = await downloadBench(weights, { workers });
  const url = hub.publish('/weights', weights);
  for (const [rule, fault] of faults) hub.fault({ path: '/weights', ...rule }, fault);
  return { hub, bench, url, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() };
}

test.each<[string, Fault, Record<string, number>]>([
  ['a connection that drops', { kind: 'drop', afterBytes: 20 * KIB }, { reset: 3 }],
  ['503', { kind: 'status', status: 503 }, { status: 3 }],
  ['429', { kind: 'status', status: 429, retryAfter: '0' }, { throttled: 3 }],
  ['a body cut short', { kind: 'truncate', missingBytes: 7 }, { truncated: 3 }],
  ['another range', { kind: 'content-range', value: 'bytes 0-9/10' }, { wrong_range: 3 }],
  [
    'another total size',
    { kind: 'content-range', value: `bytes 0-${PART - 1}/${weights.size + 1}` },
    { wrong_range: 3 },
  ],
  ['no Content-Range', { kind: 'content-range', value: undefined }, { wrong_range: 3 }],
])('%s is tried again, and only what is missing is asked for', async (_name, fault, retries) => {
  await using at = await fetchWith([[{ skip: 3, times: 3 }, fault]]);
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.bench.metrics.retries).toEqual(retries);
  expect(at.hub.requests.all).toHaveLength(19);
});

test('what a dropped connection brought is not asked for again', async () => {
  await using at = await fetchWith([[{ times: 3 }, { kind: 'drop', afterBytes: 32 * KIB }]], 1);
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.hub.requests.bytesSent()).toBe(weights.size);
});

test('a body that stalls is given up by the watchdog and resumed', async () => {
  await using hub = await startFakeHub();
  const clock = new ManualClock();
  const bench = await downloadBench(weights, { transport: testTransport({ clock }), workers: 1 });
  hub.fault({ path: '/weights', skip: 2 }, { kind: 'stall', afterBytes: 16 * KIB });
  const fetching = bench.fetch(hub.publish('/weights', weights));
  const received = 2 * PART + 16 * KIB;
  await until('all that was sent has come, and only the watchdog runs', () => {
    return bench.metrics.bytes['source-1'] === received && clock.pending === 1;
  });
  clock.advance(30_000);
  await fetching;
  await bench.expectDone();
  expect(bench.metrics.retries).toEqual({ stalled: 1 });
  expect(hub.requests.all[3]).toMatchObject({ range: `bytes=${received}-${3 * PART - 1}` });
});

test('a server that ignores ranges is read from the beginning, for this blob only', async () => {
  await using at = await fetchWith([[{ times: 1000 }, { kind: 'ignore-range' }]]);
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.bench.metrics.retries).toEqual({ range_ignored: 1 });
  expect(at.hub.requests.all.filter(({ range }) => range === undefined)).toHaveLength(1);
  const other = at.hub.publish('/other', weights);
  at.hub.requests.clear();
  await at.bench.downloader.fetch({
    ...at.bench.request(other),
    target: `${at.bench.target}-2`,
    onBytes: () => {},
  });
  expect(at.hub.requests.all.every(({ range }) => range !== undefined)).toBe(true);
});

test('a plain body that drops begins anew, and is not told twice', async () => {
  await using at = await fetchWith([
    [{ times: 1000 }, { kind: 'ignore-range' }],
    [
      { skip: 4, times: 2 },
      { kind: 'drop', afterBytes: 500 * KIB },
    ],
  ]);
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.bench.metrics.bytes['source-1']).toBeGreaterThan(weights.size);
});

test('parts under another ETag are not put together', async () => {
  await using at = await fetchWith(
    [
      [
        { skip: 8, times: 1 },
        { kind: 'etag', value: '"other"' },
      ],
    ],
    1,
  );
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.bench.metrics.retries).toEqual({ etag_changed: 1 });
  // The eight parts from before the change were given up.
  expect(at.hub.requests.to('/weights').filter(({ status }) => status === 206)).toHaveLength(24);
});

test('a source whose ETag changes all the time is asked for the whole in one answer', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights, { workers: 2 });
  const url = hub.publish('/weights', weights);
  for (let request = 0; request < 100; request += 1) {
    hub.fault({ path: '/weights', skip: request }, { kind: 'etag', value: `"${request}"` });
  }
  await bench.fetch(url);
  await bench.expectDone();
  expect(bench.metrics.retries).toEqual({ etag_changed: 3 });
  expect(hub.requests.all.at(-1)).toMatchObject({ range: undefined, status: 200 });
});

test('an ETag that changed since an earlier run is noticed', async () => {
  await using at = await fetchWith(
    [
      [
        { skip: 8, times: 100 },
        { kind: 'status', status: 403 },
      ],
    ],
    1,
  );
  await expect(at.bench.fetch(at.url)).rejects.toMatchObject({ type: 'source_failed' });
  at.hub.clearFaults();
  at.hub.fault({ path: '/weights', times: 100 }, { kind: 'etag', value: '"new"' });
  at.hub.requests.clear();
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.hub.requests.all[0]).toMatchObject({ ifRange: etag });
  expect(at.bench.metrics.retries).toEqual({ etag_changed: 1 });
});

test('a weak ETag is compared, but not used for ranges', async () => {
  await using at = await fetchWith([[{ times: 100 }, { kind: 'etag', value: 'W/"1"' }]]);
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.hub.requests.all.every(({ ifRange }) => ifRange === undefined)).toBe(true);
});

test.each<[string, Fault, number]>([
  ['a flipped byte', { kind: 'flip', at: 5 * PART + 1 }, 2],
  ['an encoded body', { kind: 'header', name: 'content-encoding', value: 'gzip' }, 1],
])('%s is never committed', async (_name, fault, runs) => {
  await using at = await fetchWith([[{ times: 1000 }, fault]]);
  await expect(at.bench.fetch(at.url)).rejects.toMatchObject({ type: 'source_failed' });
  await expect(stat(at.bench.target)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(at.bench.metrics.retries['wrong_hash'] ?? 0).toBe(runs - 1);
});

test('wrong content is deleted and fetched once more, then the error names both hashes', async () => {
  await using at = await fetchWith([[{ times: 1000 }, { kind: 'flip', at: 5 }]]);
  const error: unknown = await at.bench.fetch(at.url).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain(sha256Of(weights));
  expect(String(error)).toMatch(/[0-9a-f]{64} was found/);
  expect(at.hub.requests.bytesSent()).toBe(2 * weights.size);
  const [left = ''] = await readdir(at.bench.partsDirectory);
  expect(await readdir(join(at.bench.partsDirectory, left)).catch(() => [])).not.toContain('data');
  at.hub.clearFaults();
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
});

test('a byte that was wrong once is right the second time', async () => {
  await using at = await fetchWith([[{ rangeStart: 5 * PART }, { kind: 'flip', at: 5 * PART + 1 }]]);
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.bench.metrics.retries).toEqual({ wrong_hash: 1 });
});

test('a byte that went wrong on the disk between two runs is found', async () => {
  await using at = await fetchWith(
    [
      [
        { skip: 8, times: 100 },
        { kind: 'status', status: 404 },
      ],
    ],
    1,
  );
  await expect(at.bench.fetch(at.url)).rejects.toMatchObject({ type: 'source_failed' });
  const [directory = ''] = await readdir(at.bench.partsDirectory);
  const wrong = Buffer.from(weights.read(0, weights.size));
  wrong[9] = (wrong[9] ?? 0) ^ 1;
  await writeFile(join(at.bench.partsDirectory, directory, 'data'), wrong);
  at.hub.clearFaults();
  await at.bench.fetch(at.url);
  await at.bench.expectDone();
  expect(at.bench.metrics.retries).toEqual({ wrong_hash: 1 });
});

test('a redirect to a metadata address is refused, and not tried again', async () => {
  const to = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/';
  await using at = await fetchWith([[{ times: 100 }, { kind: 'redirect', to }]]);
  await expect(at.bench.fetch(at.url)).rejects.toMatchObject({
    type: 'source_failed',
    message: expect.stringMatching(/^weights of acme\/model .*link-local or metadata address/) as string,
    detail: expect.stringMatching(/^Trying again would not help: .*RERANK_HUB_ALLOW_PRIVATE/) as string,
  });
  expect(at.bench.metrics.retries).toEqual({});
  expect(at.hub.requests.all.length).toBeLessThanOrEqual(4);
});

test.each<[string, Fault, RegExp]>([
  [
    'a file that is not there',
    { kind: 'status', status: 404 },
    /^Trying again would not help: .*another revision/,
  ],
  ['a redirect to itself', { kind: 'redirect', to: '/weights' }, /^Trying again would not help: .*redirects/],
  ['a refusal', { kind: 'status', status: 403 }, /^Trying again would not help: .*RERANK_HUB_TOKENS/],
])('%s comes with advice that helps', async (_name, fault, detail) => {
  await using at = await fetchWith([[{ times: 1000 }, fault]], 1);
  await expect(at.bench.fetch(at.url)).rejects.toMatchObject({
    detail: expect.stringMatching(detail) as string,
  });
});

test('where one source may still help, another attempt is what to do', async () => {
  await using at = await fetchWith([[{ times: 1000 }, { kind: 'status', status: 500 }]], 1);
  await expect(at.bench.fetch(at.url, new URL('/nothing', at.url))).rejects.toMatchObject({
    detail: expect.stringMatching(/^What came is kept/) as string,
  });
});

test('where one source lets others in, that is what to do about it, whatever the others say', async () => {
  const faults: [Partial<FaultRule>, Fault][] = [
    [{ times: 1000 }, { kind: 'status', status: 403 }],
    [
      { path: '/nothing', times: 1000 },
      { kind: 'status', status: 404 },
    ],
  ];
  await using at = await fetchWith(faults, 1);
  await expect(at.bench.fetch(at.url, new URL('/nothing', at.url))).rejects.toMatchObject({
    detail: expect.stringMatching(/^Trying again would not help: .*HF_TOKEN/) as string,
  });
});

test('retries end', async () => {
  await using at = await fetchWith([[{ times: 1000 }, { kind: 'status', status: 500 }]], 1);
  await expect(at.bench.fetch(at.url)).rejects.toMatchObject({
    type: 'source_failed',
    message: 'weights of acme/model could not be fetched (source-1: status 500)',
    detail: 'What came is kept: the next attempt goes on from there.',
    cause: { problems: [{ source: 'source-1', failure: { status: 500 } }] },
  });
  expect(at.hub.requests.all).toHaveLength(8);
});

test('Retry-After is honoured by all workers, and a server that asks for hours is left', async () => {
  await using hub = await startFakeHub();
  const clock = new ManualClock();
  const bench = await downloadBench(weights, { clock, workers: 1 });
  const url = hub.publish('/weights', weights);
  hub.fault({ path: '/weights', skip: 2 }, { kind: 'status', status: 503, retryAfter: '7' });
  const fetching = bench.fetch(url);
  const waits = () => hub.requests.all.length === 3 && clock.pending === 2;
  await until('it waits: one timer is the heartbeat', waits);
  clock.advance(100);
  await until('the backoff is over and the pause goes on', waits);
  clock.advance(6800);
  expect(hub.requests.all).toHaveLength(3);
  await until('it goes on', () => {
    clock.advance(10);
    return hub.requests.all.length > 3;
  });
  expect(clock.now()).toBeGreaterThanOrEqual(7000);
  await fetching;
  await bench.expectDone();
  const other = await downloadBench(weights, { workers: 1 });
  hub.fault({ path: '/weights', times: 2 }, { kind: 'status', status: 503, retryAfter: '7200' });
  hub.requests.clear();
  await expect(other.fetch(url)).rejects.toMatchObject({ type: 'source_failed' });
  expect(hub.requests.all).toHaveLength(2);
});
