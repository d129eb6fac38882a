import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';

const MEMORY = '/dev/shm';
const weights = seededContent('weights', 4 * 64 * KIB);
const hasOtherDevice =
  (await stat(MEMORY).catch(() => undefined))?.dev !== undefined &&
  (await stat(MEMORY)).dev !== (await stat(import.meta.dirname)).dev;

test('a target of another size is replaced', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights);
  await mkdir(dirname(bench.target), { recursive: true });
  await writeFile(bench.target, 'half of it');
  await bench.fetch(hub.publish('/weights', weights));
  await bench.expectDone();
});

test.skipIf(!hasOtherDevice)('a blob gets its name in one step on another file system too', async () => {
  await using hub = await startFakeHub();
  const partsDirectory = await mkdtemp(join(MEMORY, 'rerankd-test-'));
  onTestFinished(() => rm(partsDirectory, { recursive: true, force: true }));
  const reserved: string[] = [];
  const bench = await downloadBench(weights, {
    space: {
      reserve(directory, bytes) {
        expect(bytes).toBe(weights.size);
        reserved.push(directory);
        return Promise.resolve({ release: () => {} });
      },
    },
  });
  const request = bench.request(hub.publish('/weights', weights));
  await bench.downloader.fetch({ ...request, partsDirectory });
  await bench.expectDone();
  expect(reserved).toEqual([expect.stringContaining(partsDirectory), dirname(bench.target)]);
  expect(await readdir(dirname(bench.target))).toEqual(['blob']);
  expect(await readdir(partsDirectory)).toEqual([]);
  expect((await readFile(bench.target)).length).toBe(weights.size);
});
