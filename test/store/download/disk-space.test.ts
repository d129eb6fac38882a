import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDiskSpace } from '../../../src/store/download/disk-space.ts';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const GIB = 2 ** 30;

test('what is promised to one download is not there for another, until it is written or given back', async () => {
  const directory = await temporaryDirectory();
  const space = createDiskSpace({ floorBytes: GIB, freeBytes: () => Promise.resolve(10 * GIB) });
  const one = await space.reserve(directory, 6 * GIB);
  await expect(space.reserve(directory, 4 * GIB)).rejects.toMatchObject({
    type: 'insufficient_storage',
    message: `4.0 GiB are needed in ${directory}, and 3.0 GiB are to be had there`,
    detail: expect.stringMatching(
      /10\.0 GiB free, 6\.0 GiB of it promised .* 1\.0 GiB to stay free/,
    ) as string,
  });
  one.use?.(2 * GIB);
  const other = await space.reserve(join(directory, 'not', 'yet', 'there'), 5 * GIB);
  one.use?.(100 * GIB);
  one.release();
  await expect(space.reserve(directory, 5 * GIB)).rejects.toMatchObject({ type: 'insufficient_storage' });
  other.release();
  other.release();
  const all = await space.reserve(directory, 9 * GIB);
  await expect(space.reserve(directory, 1)).rejects.toMatchObject({ type: 'insufficient_storage' });
  all.release();
});

test('the file system is asked', async () => {
  const directory = await temporaryDirectory();
  const space = createDiskSpace({ floorBytes: 0 });
  (await space.reserve(directory, 1)).release();
  await expect(space.reserve(directory, 2 ** 60)).rejects.toMatchObject({ type: 'insufficient_storage' });
});

test('without space no byte is asked for, and what is there already needs none', async () => {
  await using hub = await startFakeHub();
  const weights = seededContent('weights', 16 * 64 * KIB);
  const reserved: [string, number][] = [];
  let isFull = true;
  const space = createDiskSpace({
    floorBytes: 0,
    freeBytes: () => Promise.resolve(isFull ? weights.size - 1 : GIB),
  });
  const bench = await downloadBench(weights, {
    workers: 1,
    space: {
      reserve(directory, bytes) {
        reserved.push([directory, bytes]);
        return space.reserve(directory, bytes);
      },
    },
  });
  const url = hub.publish('/weights', weights);
  await expect(bench.fetch(url)).rejects.toMatchObject({ type: 'insufficient_storage' });
  expect(hub.requests.all).toHaveLength(0);
  isFull = false;
  hub.fault({ path: '/weights', skip: 4, times: 100 }, { kind: 'status', status: 404 });
  await expect(bench.fetch(url)).rejects.toMatchObject({ type: 'source_failed' });
  hub.clearFaults();
  await bench.fetch(url);
  await bench.expectDone();
  const [parts = ''] = reserved.map(([directory]) => directory);
  expect(parts.startsWith(bench.partsDirectory)).toBe(true);
  expect(reserved).toEqual([
    [parts, weights.size],
    [parts, weights.size],
    [parts, weights.size - 4 * 64 * KIB],
  ]);
  // All was given back.
  isFull = true;
  (await space.reserve(bench.partsDirectory, weights.size - 1)).release();
});

test('a disk that becomes full is an error of its own, and does not stay full', async () => {
  await using hub = await startFakeHub();
  const weights = seededContent('weights', 64 * KIB);
  const bench = await downloadBench(weights, {
    space: { reserve: () => Promise.resolve({ use: throwFull, release: () => {} }) },
  });
  await expect(bench.fetch(hub.publish('/weights', weights))).rejects.toMatchObject({
    type: 'insufficient_storage',
    message: `the disk of ${bench.partsDirectory} became full during a download`,
  });
  expect(await readdir(bench.partsDirectory)).toEqual([]);
});

test('a target that can not be written is said to be that', async () => {
  await using hub = await startFakeHub();
  const weights = seededContent('weights', 64 * KIB);
  const bench = await downloadBench(weights);
  await mkdir(bench.target, { recursive: true });
  await expect(bench.fetch(hub.publish('/weights', weights))).rejects.toMatchObject({
    type: 'source_failed',
    message: expect.stringMatching(/could not be kept: EISDIR/) as string,
  });
});

function throwFull(): void {
  throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}
