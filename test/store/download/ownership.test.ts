import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Ownership, Silence } from '../../../src/store/download/ownership.ts';
import { downloadBench, KIB } from '../../support/downloads.ts';
import { seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const { signal } = new AbortController();
const FOREIGN = JSON.stringify({ owner: 'another machine', token: 'its token' });

async function place() {
  return {
    path: join(await temporaryDirectory(), 'lease.json'),
    clock: new ManualClock(),
    silence: new Silence(),
  };
}

test('who leaves no lease behind is followed at once, and so is a dead process of this machine', async () => {
  const { path, clock, silence } = await place();
  const first = await Ownership.take(path, silence, clock, signal);
  first?.release();
  const second = await Ownership.take(path, silence, clock, signal);
  expect(second).toBeDefined();
  second?.release();
});

test('the lease of another machine holds while its time stamp moves, and 20 s longer', async () => {
  const { path, clock, silence } = await place();
  await writeFile(path, FOREIGN);
  for (let beat = 1; beat <= 5; beat += 1) {
    await utimes(path, beat, beat);
    expect(await Ownership.take(path, silence, clock, signal)).toBeUndefined();
    clock.advance(15_000);
  }
  expect(await Ownership.take(path, silence, clock, signal)).toBeUndefined();
  clock.advance(5000);
  const taking = Ownership.take(path, silence, clock, signal);
  await until('it waits for others that saw the same', () => clock.pending === 1);
  clock.advance(1000);
  const lease = await taking;
  expect(lease).toBeDefined();
  lease?.release();
});

test('of two that take over at the same time the later one has it', async () => {
  const { path, clock, silence } = await place();
  await writeFile(path, FOREIGN);
  await Ownership.take(path, silence, clock, signal);
  clock.advance(20_000);
  const taking = Ownership.take(path, silence, clock, signal);
  await until('it waits for others that saw the same', () => clock.pending === 1);
  await writeFile(path, JSON.stringify({ owner: 'a third machine', token: 'newer' }));
  clock.advance(1000);
  expect(await taking).toBeUndefined();
});

test('an owner renews its lease, and stops when it was taken, or could not be renewed', async () => {
  const { path, clock, silence } = await place();
  const lease = await Ownership.take(path, silence, clock, signal);
  for (let beat = 1; beat <= 4; beat += 1) {
    clock.advance(5000);
    await until(
      'it was renewed',
      async () => (await stat(path)).mtimeMs === beat * 5000 && clock.pending === 1,
    );
    lease?.ensureHeld();
  }
  await writeFile(path, FOREIGN);
  clock.advance(5000);
  await until('it was noticed', () => {
    try {
      lease?.ensureHeld();
      return false;
    } catch {
      return true;
    }
  });
  expect(await readFile(path, 'utf8')).toBe(FOREIGN);
  const other = await place();
  const asleep = await Ownership.take(other.path, other.silence, other.clock, signal);
  other.clock.advance(15_001);
  expect(() => asleep?.ensureHeld()).toThrow(/took over/);
  asleep?.release();
});

test('a download that loses its lease writes no more, and goes on when it has the lease again', async () => {
  await using hub = await startFakeHub();
  const weights = seededContent('weights', 16 * 64 * KIB);
  const clock = new ManualClock();
  const bench = await downloadBench(weights, { clock, workers: 1 });
  const url = hub.publish('/weights', weights);
  const gate = Promise.withResolvers<void>();
  hub.fault({ path: '/weights', skip: 4 }, { kind: 'hold', until: gate.promise });
  const fetching = bench.fetch(url);
  await until('four parts are there', () => hub.requests.all.length === 5);
  const [directory = ''] = await readdir(bench.partsDirectory);
  await writeFile(join(bench.partsDirectory, directory, 'lease.json'), FOREIGN);
  // As after a pause of the whole machine: the next write comes before the next heartbeat.
  clock.advance(15_001);
  gate.resolve();
  await until('it waits', () => clock.pending === 1);
  expect(bench.told).toEqual({ 'source-1': 4 * 64 * KIB });
  await until('the other machine is silent for long enough, and the rest is fetched', async () => {
    clock.advance(250);
    return (await stat(bench.target).catch(() => undefined)) !== undefined;
  });
  await fetching;
  await bench.expectDone();
});

test('who waits too long for another process is told so', async () => {
  await using hub = await startFakeHub();
  const weights = seededContent('weights', 64 * KIB);
  const clock = new ManualClock();
  const bench = await downloadBench(weights, { clock, maxWaitMs: 1000 });
  const url = hub.publish('/weights', weights);
  const gate = Promise.withResolvers<void>();
  hub.fault('/weights', { kind: 'hold', until: gate.promise });
  const first = bench.fetch(url);
  await until('the first has begun', () => hub.requests.all.length === 1);
  let isOver = false;
  const outcome = bench.downloader
    .fetch(bench.request(url))
    .catch((error: unknown) => error)
    .finally(() => {
      isOver = true;
    });
  await until('the second gives up', () => {
    if (clock.pending === 2) clock.advance(250);
    return isOver;
  });
  expect(await outcome).toMatchObject({ type: 'unavailable', retryAfterSeconds: 60 });
  gate.resolve();
  await first;
  await bench.expectDone();
});
