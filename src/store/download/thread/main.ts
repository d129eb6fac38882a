/**
 * The entry of the thread: receives, writes and hashes blobs, at low priority. At full speed that is more than half of a
 * processor, in turns of milliseconds, and requests that came meanwhile would wait for each of them.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { systemClock } from '../../../platform/clock.ts';
import { lowerThreadPriority } from '../../../platform/process/lower-thread-priority.ts';
import { createTransport } from '../../transport/create-transport.ts';
import { Bandwidth } from '../bandwidth.ts';
import { createDownloader } from '../downloader.ts';
import { AskedSpace } from './asked-space.ts';
import { Counter } from './counter.ts';
import { toPlainError } from './plain-error.ts';
import type { News, Order, PlainRequest, ThreadSettings } from './protocol.ts';

lowerThreadPriority();
const settings = workerData as ThreadSettings;
const clock = systemClock;
const logger = pino(
  { level: settings.logLevel, base: null, timestamp: false },
  { write: (line) => tell({ type: 'log', line }) },
);
const counter = new Counter((counts) => tell({ type: 'counts', counts }));
const space = new AskedSpace(tell, counter);
const downloader = createDownloader({
  workers: settings.workers,
  bandwidth: new Bandwidth(settings.bandwidth, clock),
  transport: createTransport({ ...settings, clock, logger }),
  space,
  clock,
  logger,
  metrics: {
    storeBytes: { inc: ({ source }, bytes) => counter.came(source, bytes) },
    storeRetries: { inc: ({ reason }) => tell({ type: 'retried', reason }) },
    storeFailovers: { inc: () => tell({ type: 'failed_over' }) },
  },
  random: Math.random,
});
const underWay = new Map<number, AbortController>();

function tell(news: News): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(news);
}

async function fetchBlob(fetch: number, { sources, ...request }: PlainRequest): Promise<void> {
  const stop = new AbortController();
  underWay.set(fetch, stop);
  try {
    await downloader.fetch({
      ...request,
      sources: sources.map(({ url, name }) => ({ url: new URL(url), name })),
      onBytes: (bytes, source) => counter.reached(fetch, source, bytes),
      signal: stop.signal,
    });
    counter.flush();
    tell({ type: 'done', fetch });
  } catch (error) {
    counter.flush();
    tell({ type: 'failed', fetch, error: toPlainError(error) });
  } finally {
    underWay.delete(fetch);
  }
}

parentPort?.on('message', (order: Order) => {
  if (order.type === 'fetch') void fetchBlob(order.fetch, order.request);
  else if (order.type === 'abort') underWay.get(order.fetch)?.abort();
  else space.answer(order.reservation, order.error);
});
