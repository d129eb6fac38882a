import type { Generation } from '../../model/generation.ts';
import { readGpuByRole } from '../../model/memory-by-role.ts';
import type { ModelIdentity } from '../../model/start-generation.ts';
import type { Clock } from '../../platform/clock.ts';
import { readFreeMemory } from '../../platform/memory/free-memory.ts';
import { readOwnMemory, readProcessMemory } from '../../platform/memory/process-memory.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Probation } from '../../serving/probation/probation.ts';
import type { Standby } from '../../serving/probation/standby.ts';
import type { ShadowCandidate } from '../../serving/shadow/shadow-candidate.ts';
import type { ModelSlot } from '../../serving/slot/model-slot.ts';
import type { Updater } from '../../serving/update/updater.ts';
import { distributionOf, sumOf, totalsOf } from './metric-sums.ts';

export interface StatsOptions {
  readonly slot: ModelSlot<Generation>;
  readonly updater: Pick<Updater, 'running' | 'recent'>;
  readonly standby: Standby;
  readonly shadowCandidate: ShadowCandidate;
  readonly probation: Pick<Probation, 'report'>;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly version: string;
}

/** What the console shows. Its own JSON form. */
export type Stats = Awaited<ReturnType<typeof gather>>;

/** However many pages ask, figures are gathered no more often. */
const FRESH_MS = 200;

/** Routes that score documents, whatever the dialect. */
const SCORING_ROUTE = /\/(rerank|reranking|score)$/;

type RequestOutcome = 'answered' | 'refused' | 'rejected' | 'failed' | 'left';

/** Figures since the start, gathered for all who ask at about the same time together. Nothing is kept of who asked. */
export class StatsSource {
  readonly #options: StatsOptions;
  #latest: { readonly at: number; readonly stats: Promise<Stats> } | undefined;

  constructor(options: StatsOptions) {
    this.#options = options;
  }

  async read(): Promise<Stats> {
    const now = this.#options.clock.now();
    if (this.#latest === undefined || now - this.#latest.at >= FRESH_MS) {
      this.#latest = { at: now, stats: gather(this.#options) };
    }
    return await this.#latest.stats;
  }
}

async function gather({
  slot,
  updater,
  standby,
  shadowCandidate,
  probation,
  metrics,
  clock,
  version,
}: StatsOptions) {
  const { current } = slot;
  const second = shadowCandidate.identity ?? standby.identity;
  const [requests, latency, queue, batches, cache, engineRestarts, memory] = await Promise.all([
    requestCounts(metrics),
    distributionOf(metrics.httpDuration, ({ route }) => isScoring(route)),
    queueOf(metrics),
    batchesOf(metrics),
    cacheOf(metrics),
    sumOf(metrics.engineRestarts),
    memoryOf(current, [...standby.pids, ...shadowCandidate.pids]),
  ]);
  return {
    /** Milliseconds since 1970, when the figures were gathered. */
    time: clock.date().getTime(),
    version,
    model: describe(current?.identity),
    second_model:
      second === undefined
        ? null
        : { ...describe(second), role: second === shadowCandidate.identity ? 'candidate' : 'standby' },
    engines: { ready: current?.readyEngines ?? 0, restarts: engineRestarts },
    requests,
    latency,
    queue,
    batches,
    cache,
    memory,
    operation: (updater.running ?? updater.recent[0])?.report ?? null,
    probation: probation.report ?? null,
  };
}

function isScoring(route: string | number | undefined): boolean {
  return SCORING_ROUTE.test(String(route));
}

async function requestCounts({ httpRequests }: Metrics) {
  const { values } = await httpRequests.get();
  const counts: Record<RequestOutcome, number> = { answered: 0, refused: 0, rejected: 0, failed: 0, left: 0 };
  for (const { labels, value } of values) {
    if (isScoring(labels.route)) counts[outcomeOf(Number(labels.status))] += value;
  }
  return counts;
}

/** 499 is a client that did not wait, 429 one that was told when to come back. */
function outcomeOf(status: number): RequestOutcome {
  if (status < 400) return 'answered';
  if (status === 429) return 'refused';
  if (status === 499) return 'left';
  return status >= 500 ? 'failed' : 'rejected';
}

async function queueOf({ admittedRequests, queuedPairs, queuedTokens }: Metrics) {
  const [requests, pairs, tokens] = await Promise.all([
    sumOf(admittedRequests),
    sumOf(queuedPairs),
    sumOf(queuedTokens),
  ]);
  return { requests, pairs, tokens };
}

async function batchesOf({ batchPairs, batchTokens, batchDuration }: Metrics) {
  const [pairs, tokens, seconds] = await Promise.all([
    totalsOf(batchPairs),
    totalsOf(batchTokens),
    totalsOf(batchDuration),
  ]);
  return { count: pairs.count, pairs: pairs.sum, tokens: tokens.sum, seconds: seconds.sum };
}

async function cacheOf({ scoreCacheLookups }: Metrics) {
  const [hits, all] = await Promise.all([
    sumOf(scoreCacheLookups, ({ result }) => result === 'hit'),
    sumOf(scoreCacheLookups),
  ]);
  return { hits, lookups: all };
}

/** Of the processes alone: weights are mapped files, which all engines share. */
async function memoryOf(current: Generation | undefined, secondPids: readonly number[]) {
  const [own, model, second, free, gpu] = await Promise.all([
    readOwnMemory(),
    readProcessMemory(current?.pids ?? []),
    readProcessMemory(secondPids),
    readFreeMemory(),
    readGpuByRole(current),
  ]);
  return {
    server_bytes: own.ownBytes,
    model_bytes: model.ownBytes,
    second_bytes: second.ownBytes,
    free_bytes: free.bytes,
    /** Of the whole card, whoever uses it. */
    gpu:
      gpu === undefined
        ? null
        : {
            name: gpu.name,
            used_bytes: gpu.usedBytes,
            free_bytes: gpu.freeBytes,
            total_bytes: gpu.totalBytes,
          },
  };
}

function describe(identity: ModelIdentity | undefined) {
  if (identity === undefined) return null;
  const { reference, digest, generation, device, dtype } = identity;
  return { model: reference, digest: `sha256:${digest}`, generation, device, dtype };
}
