import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeIndex } from '../../../src/store/delta/chunk-index.ts';
import type { BandwidthLimits } from '../../../src/store/download/bandwidth.ts';
import { createFetchers } from '../../../src/store/fetch-thread/fetchers.ts';
import type { Transport } from '../../../src/store/transport/transport.ts';
import { deltaWorld, indexOf } from '../../support/delta-world.ts';
import {
  type Content,
  givenContent,
  joinedContent,
  seededContent,
  sha256Of,
  sliceOf,
} from '../../support/fake-hub/content.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';

const MIB = 2 ** 20;
const PIECE_BYTES = 64 * 1024;
const WORKERS = 2;

const weights = seededContent('weights', 8 * MIB);
/** Two ranges of it are new. */
const retrained = joinedContent(
  seededContent('new 1', 2 * MIB),
  sliceOf(weights, 2 * MIB, 4 * MIB),
  seededContent('new 2', 2 * MIB),
  sliceOf(weights, 6 * MIB),
);

/** Sends at once whatever is asked for, in pieces as a socket gives them. It sets no timers. */
function instantTransport(published: Readonly<Record<string, Content>>): Transport {
  return {
    request: async ({ url, headers }) => {
      const content = published[url.pathname] as Content;
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers?.['range'] ?? '') ?? [];
      const start = Number(from ?? 0);
      const end = to === undefined ? content.size : Number(to) + 1;
      return {
        status: from === undefined ? 200 : 206,
        url,
        header: (name) =>
          name === 'content-range' ? `bytes ${start}-${end - 1}/${content.size}` : undefined,
        body: (async function* () {
          for (let at = start; at < end; at += PIECE_BYTES) {
            yield await Promise.resolve(content.read(at, Math.min(end, at + PIECE_BYTES)));
          }
        })(),
        discard: () => Promise.resolve(),
      };
    },
    close: () => Promise.resolve(),
  };
}

it.each<[string, BandwidthLimits]>([
  ['all downloads', { maxBytesPerSecond: 1e6 }],
  ['an origin', { maxBytesPerSecondPerOrigin: 1e6 }],
])('a delta and a plain download keep to the limit of %s together', async (_, limits) => {
  const world = await deltaWorld();
  const { directory, tools, metrics } = world;
  const clock = new ManualClock();
  const index = givenContent(encodeIndex(await indexOf(retrained)));
  const transport = instantTransport({ '/plain': weights, '/next': retrained, '/next.chunks': index });
  const fetchers = createFetchers({ ...tools, metrics, transport, clock, limits, workers: WORKERS });
  const stop = new AbortController();
  const common = {
    partsDirectory: join(directory, 'parts'),
    onBytes: () => {},
    onRestart: () => {},
    signal: stop.signal,
  };
  await mkdir(common.partsDirectory);
  const sourceOf = (path: string) => ({ url: new URL(path, 'http://hub.example'), name: path });
  const fetching = Promise.allSettled([
    fetchers.downloader.fetch({
      ...common,
      name: 'plain',
      sources: [sourceOf('/plain')],
      target: join(directory, 'plain'),
      expected: { size: weights.size, sha256: sha256Of(weights) },
    }),
    fetchers.delta.fetch({
      ...common,
      name: 'next',
      source: sourceOf('/next'),
      index: sourceOf('/next.chunks').url,
      old: world.write('old', weights),
      target: join(directory, 'next'),
      expected: { size: retrained.size, sha256: sha256Of(retrained) },
    }),
  ]);
  // Each way renews one lease.
  const isEveryoneWaiting = (): boolean => clock.pending === 2 * (WORKERS + 1);
  await until('all workers of both wait', isEveryoneWaiting);
  for (let step = 0; step < 20; step += 1) {
    clock.advance(50);
    await until('all workers of both wait again', isEveryoneWaiting);
  }
  // A second, the quarter of one that is free, and what each worker holds while it waits.
  expect(metrics.received - index.size).toBeLessThanOrEqual(1.25e6 + 2 * WORKERS * PIECE_BYTES);
  expect(metrics.received).toBeGreaterThan(1e6);
  stop.abort(new Error('enough'));
  for (const outcome of await fetching) expect(outcome).toMatchObject({ reason: { message: 'enough' } });
});
