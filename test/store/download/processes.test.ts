import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { ChildDownload } from '../../support/download-child.ts';
import { KIB } from '../../support/downloads.ts';
import { seededContent, sha256Of } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const program = fileURLToPath(new URL('../../support/download-child.ts', import.meta.url));
const PART = 128 * KIB;
const WORKERS = 4;
const weights = seededContent('weights', 64 * PART);
const whole = weights.read(0, weights.size);

async function hubAndPlace() {
  const hub = await startFakeHub();
  const root = await temporaryDirectory();
  const url = hub.publish('/weights', weights);
  const download: ChildDownload = {
    url: url.href,
    target: join(root, 'blobs', 'blob'),
    partsDirectory: join(root, 'parts'),
    expected: { size: weights.size, sha256: sha256Of(weights) },
    workers: WORKERS,
    partBytes: PART,
  };
  return { hub, download, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() };
}

function start(download: ChildDownload): ChildProcess {
  const child = spawn(process.execPath, [program, JSON.stringify(download)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function resultOf(child: ChildProcess): Promise<Record<string, number>> {
  const printed = child.stdout ? await text(child.stdout) : '';
  return JSON.parse(printed) as Record<string, number>;
}

async function partsDone({ partsDirectory }: ChildDownload): Promise<number> {
  const [directory = ''] = await readdir(partsDirectory).catch(() => []);
  const state = await readFile(join(partsDirectory, directory, 'state.json'), 'utf8').catch(
    () => '{"done":{}}',
  );
  return Object.keys((JSON.parse(state) as { done: object }).done).length;
}

test('after kill -9 in the middle, no more than one part a worker is fetched again', async () => {
  await using at = await hubAndPlace();
  at.hub.limit({ bytesPerSecond: 8 * 2 ** 20 });
  const victim = start(at.download);
  await until('half of the parts are there', async () => (await partsDone(at.download)) >= 32);
  victim.kill('SIGKILL');
  await once(victim, 'exit');
  const done = await partsDone(at.download);
  const asked = at.hub.requests.all.length;
  expect(done).toBeLessThan(64);
  at.hub.limit({});
  const told = await resultOf(start(at.download));
  expect((await readFile(at.download.target)).equals(whole)).toBe(true);
  const later = at.hub.requests.all.slice(asked);
  const fetched = later.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  expect(fetched).toBe(weights.size - done * PART);
  expect(told).toEqual({ resumed: done * PART, hub: fetched });
  // What the first process had asked for and not recorded is what is asked for twice.
  expect(asked - done).toBeLessThanOrEqual(WORKERS);
  expect(await readdir(at.download.partsDirectory)).toEqual([]);
});

test('four processes fetch one blob once', async () => {
  await using at = await hubAndPlace();
  at.hub.limit({ bytesPerSecond: 16 * 2 ** 20 });
  const told = await Promise.all(Array.from({ length: 4 }, () => resultOf(start(at.download))));
  expect((await readFile(at.download.target)).equals(whole)).toBe(true);
  expect(at.hub.requests.bytesSent()).toBeLessThanOrEqual(weights.size * 1.1);
  expect(told.filter(({ hub }) => hub === weights.size)).toHaveLength(1);
  expect(told.filter(({ resumed }) => resumed === weights.size)).toHaveLength(3);
});

test('when the one that fetches is killed, one of those that wait goes on', async () => {
  await using at = await hubAndPlace();
  at.hub.limit({ bytesPerSecond: 8 * 2 ** 20 });
  const first = start(at.download);
  await until('a part is there', async () => (await partsDone(at.download)) >= 1);
  const others = [start(at.download), start(at.download)];
  await until('half of the parts are there', async () => (await partsDone(at.download)) >= 32);
  first.kill('SIGKILL');
  const told = await Promise.all(others.map(resultOf));
  expect((await readFile(at.download.target)).equals(whole)).toBe(true);
  expect(at.hub.requests.bytesSent()).toBeLessThanOrEqual(weights.size + WORKERS * PART);
  expect(told.filter(({ hub = 0 }) => hub > 0 && hub < weights.size)).toHaveLength(1);
});
