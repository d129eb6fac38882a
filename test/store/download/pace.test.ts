import { expect, test } from 'vitest';
import { backoffMs, DEFAULT_RETRY } from '../../../src/store/download/backoff.ts';
import { Bandwidth } from '../../../src/store/download/bandwidth.ts';
import { parseRetryAfter } from '../../../src/store/download/retry-after.ts';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';

test('backoff doubles up to a limit, and any shorter wait is as likely', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffMs(failures, DEFAULT_RETRY, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(backoffMs(3, DEFAULT_RETRY, () => 0.25)).toBe(500);
  expect(backoffMs(3, DEFAULT_RETRY, () => 0)).toBe(0);
});

test('Retry-After is seconds or a date', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(parseRetryAfter('Wed, 31 Dec 2025 23:00:00 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});

test('all origins together, and each of them, stay under a limit', async () => {
  const { signal } = new AbortController();
  /** Milliseconds until `megabytes` from each origin may have come, a piece at a time. */
  const timeFor = async (limits: ConstructorParameters<typeof Bandwidth>[0], origins: string[]) => {
    const clock = new ManualClock();
    const bandwidth = new Bandwidth(limits, clock);
    const takers = origins.map(async (origin) => {
      for (let piece = 0; piece < 40; piece += 1) await bandwidth.take(origin, 50_000, signal);
    });
    let isOver = false;
    const all = Promise.all(takers).finally(() => {
      isOver = true;
    });
    await until('all of it has come', () => {
      clock.advance(50);
      return isOver;
    });
    await all;
    return clock.now();
  };
  // 2 MB each at 1 MB/s, of which the first quarter of a second is free.
  const one = await timeFor({ maxBytesPerSecond: 1e6 }, ['a']);
  expect(one).toBeGreaterThanOrEqual(1700);
  expect(one).toBeLessThanOrEqual(2600);
  expect(await timeFor({ maxBytesPerSecond: 1e6 }, ['a', 'b'])).toBeGreaterThanOrEqual(3600);
  const apart = await timeFor({ maxBytesPerSecondPerOrigin: 1e6 }, ['a', 'b']);
  expect(apart).toBeGreaterThanOrEqual(1700);
  expect(apart).toBeLessThanOrEqual(2600);
  const both = { maxBytesPerSecond: 1e6, maxBytesPerSecondPerOrigin: 4e6 };
  expect(await timeFor(both, ['a', 'b'])).toBeGreaterThanOrEqual(3600);
  expect(await timeFor({}, ['a', 'b'])).toBeLessThanOrEqual(100);
});

test('of ever more origins only the last ones are remembered, and the limit of all is never forgotten', async () => {
  const clock = new ManualClock();
  const limits = { maxBytesPerSecond: 1e9, maxBytesPerSecondPerOrigin: 1e6 };
  const bandwidth = new Bandwidth(limits, clock);
  const given = new AbortController();
  /** True when the bytes may come at once. */
  const isFree = async (origin: string, bytes: number): Promise<boolean> => {
    const before = clock.pending;
    void bandwidth.take(origin, bytes, given.signal);
    await Promise.resolve();
    return clock.pending === before;
  };
  expect(await isFree('first', 250_000)).toBe(true);
  expect(await isFree('first', 1)).toBe(false);
  for (let other = 0; other < 999; other += 1) await isFree(`other-${other}`, 1);
  expect(await isFree('first', 1)).toBe(false);
  for (let other = 0; other < 1000; other += 1) await isFree(`another-${other}`, 1);
  expect(await isFree('first', 250_000)).toBe(true);
  // 0.25 GB are free for all together.
  expect(await isFree('large', 249e6)).toBe(false);
  for (let other = 0; other < 2000; other += 1) await isFree(`last-${other}`, 1000);
  expect(await isFree('last', 1)).toBe(false);
  given.abort();
});

test('a limited download waits, and a limited wait ends with the download', async () => {
  await using hub = await startFakeHub();
  const weights = seededContent('weights', 16 * 64 * KIB);
  const clock = new ManualClock();
  const bench = await downloadBench(weights, {
    clock,
    workers: 2,
    bandwidth: new Bandwidth({ maxBytesPerSecond: 100 * KIB }, clock),
  });
  const fetching = bench.fetch(hub.publish('/weights', weights));
  await until('both workers wait', () => clock.pending === 3);
  expect(bench.metrics.bytes['source-1']).toBeLessThan(200 * KIB);
  bench.stop.abort(new Error('cancelled'));
  await expect(fetching).rejects.toThrow('cancelled');
});
