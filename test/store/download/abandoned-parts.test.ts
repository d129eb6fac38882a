import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { removeAbandonedParts } from '../../../src/store/download/abandoned-parts.ts';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { until } from '../../support/until.ts';

const weights = seededContent('weights', 8 * 64 * KIB);

/** The clock of somebody who looks so much later. */
const later = (ms: number) => ({ ...systemClock, date: () => new Date(Date.now() + ms) });

test('parts that nobody came back for are deleted, recent ones and other directories are not', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights, { workers: 1 });
  hub.fault({ path: '/weights', skip: 4, times: 10 }, { kind: 'status', status: 404 });
  await expect(bench.fetch(hub.publish('/weights', weights))).rejects.toMatchObject({
    type: 'source_failed',
  });
  await mkdir(join(bench.partsDirectory, 'somebody-elses'));
  expect(await removeAbandonedParts(bench.partsDirectory, 3_600_000, systemClock)).toBe(0);
  expect(await removeAbandonedParts(bench.partsDirectory, 3_600_000, later(7_200_000))).toBe(1);
  expect(await readdir(bench.partsDirectory)).toEqual(['somebody-elses']);
  expect(await removeAbandonedParts(join(bench.partsDirectory, 'none'), 0, systemClock)).toBe(0);
});

test('parts of a download under way are left alone', async () => {
  await using hub = await startFakeHub();
  const bench = await downloadBench(weights, { workers: 1 });
  const gate = Promise.withResolvers<void>();
  hub.fault({ path: '/weights', skip: 4 }, { kind: 'hold', until: gate.promise });
  const fetching = bench.fetch(hub.publish('/weights', weights));
  await until('it is half-way', () => hub.requests.all.length === 5);
  expect(await removeAbandonedParts(bench.partsDirectory, 0, later(1000))).toBe(0);
  gate.resolve();
  await fetching;
  await bench.expectDone();
});
