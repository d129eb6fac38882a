import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '../../server/start-server.ts';
import { LoadProcess } from '../load/load-process.ts';
import { readMetric } from '../process/read-metric.ts';
import type { RequestFile } from '../workload/request-file.ts';

/** Passes over all things that are compared. Machines get faster and slower by the minute: what is compared has to lie close together. */
export const PASSES = 5;

/** A new load has settled when the queue has stopped to grow: until then its first requests are still being tokenized. */
const LOOK_EVERY_MS = 500;
const CALM_LOOKS = 4;
const LONGEST_SETTLE_MS = 30_000;

/** Length of one slice, of a measurement of so many seconds. */
export function sliceMs(seconds: number): number {
  return (seconds * 1000) / PASSES;
}

export interface SliceLoad {
  readonly file: RequestFile;
  readonly connections: number;
}

/**
 * Tokens a second that a server computes under a load, by its own count: so a slice may be much shorter than a request takes. What
 * is under way when it ends is given up.
 */
export async function measureSlice(
  server: RunningServer,
  { file, connections }: SliceLoad,
  ms: number,
  signal: AbortSignal,
): Promise<number> {
  const stop = AbortSignal.any([signal, server.ended]);
  const load = new LoadProcess({
    url: `${server.url}/rerank`,
    requestFile: file.path,
    headers: {},
    plan: { kind: 'closed', connections, seconds: 3600, warmUpSeconds: 3600 },
  });
  try {
    await settle(server, stop);
    const before = await computedTokens(server);
    const startedAt = performance.now();
    await delay(ms, undefined, { signal: stop });
    const after = await computedTokens(server);
    return ((after - before) * 1000) / (performance.now() - startedAt);
  } finally {
    await load[Symbol.asyncDispose]();
  }
}

async function settle({ url }: RunningServer, signal: AbortSignal): Promise<void> {
  const latest = performance.now() + LONGEST_SETTLE_MS;
  let most = 0;
  let calmLooks = 0;
  while (calmLooks < CALM_LOOKS && performance.now() < latest) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
    const pairs = await readMetric(url, 'rerankd_queue_pairs');
    calmLooks = pairs > most ? 0 : calmLooks + 1;
    most = Math.max(most, pairs);
  }
}

async function computedTokens({ url }: RunningServer): Promise<number> {
  return await readMetric(url, 'rerankd_batch_tokens_sum');
}
