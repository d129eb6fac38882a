/**
 * The entry of the thread: receives, writes and hashes files, at low priority. At full speed that is more than half of a
 * processor, in turns of milliseconds, and requests that came meanwhile would wait for each of them.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { systemClock } from '../../platform/clock.ts';
import { lowerThreadPriority } from '../../platform/process/lower-thread-priority.ts';
import type { DeltaOutcome } from '../delta/delta-fetcher.ts';
import type { DeltaRequest } from '../delta/delta-request.ts';
import { createTransport } from '../transport/create-transport.ts';
import { AskedSpace } from './asked-space.ts';
import { Counter } from './counter.ts';
import { createFetchers } from './fetchers.ts';
import { toPlainError } from './plain-error.ts';
import { fromPlainBlob, fromPlainDelta } from './plain-request.ts';
import type { News, Order, ThreadSettings } from './protocol.ts';

type Hooks = Pick<DeltaRequest, 'onBytes' | 'onRestart' | 'signal'>;

lowerThreadPriority();
const settings = workerData as ThreadSettings;
const clock = systemClock;
const logger = pino(
  { level: settings.logLevel, base: null, timestamp: false },
  { write: (line) => tell({ type: 'log', line }) },
);
const counter = new Counter((counts) => tell({ type: 'counts', counts }));
const space = new AskedSpace(tell, counter);
const { downloader, delta } = createFetchers({
  workers: settings.workers,
  limits: settings.bandwidth,
  transport: createTransport({ ...settings, clock, logger }),
  space,
  clock,
  logger,
  metrics: {
    storeBytes: { inc: ({ source }, bytes) => counter.came(source, bytes) },
    storeRetries: { inc: ({ reason }) => tell({ type: 'retried', reason }) },
    storeFailovers: { inc: () => tell({ type: 'failed_over' }) },
    storeDeltaSaved: { inc: (bytes) => tell({ type: 'delta_saved', bytes }) },
  },
  random: Math.random,
});
const underWay = new Map<number, AbortController>();

function tell(news: News): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(news);
}

async function carryOut(fetch: number, work: (hooks: Hooks) => Promise<DeltaOutcome | void>): Promise<void> {
  const stop = new AbortController();
  underWay.set(fetch, stop);
  const hooks: Hooks = {
    onBytes: (bytes, source) => counter.reached(fetch, source, bytes),
    onRestart: () => {
      counter.flush();
      tell({ type: 'restarted', fetch });
    },
    signal: stop.signal,
  };
  try {
    const outcome = (await work(hooks)) ?? undefined;
    counter.flush();
    tell({ type: 'done', fetch, outcome });
  } catch (error) {
    counter.flush();
    tell({ type: 'failed', fetch, error: toPlainError(error) });
  } finally {
    underWay.delete(fetch);
  }
}

parentPort?.on('message', (order: Order) => {
  if (order.type === 'fetch')
    void carryOut(order.fetch, (hooks) => downloader.fetch(fromPlainBlob(order.blob, hooks)));
  else if (order.type === 'fetch_delta')
    void carryOut(order.fetch, (hooks) => delta.fetch(fromPlainDelta(order.delta, hooks)));
  else if (order.type === 'abort') underWay.get(order.fetch)?.abort();
  else space.answer(order.reservation, order.error);
});
