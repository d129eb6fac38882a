import { quantile } from '../../../scripts/measuring/statistics.ts';
import type { Figures } from '../figures.ts';
import { type CpuSnapshot, othersCores } from '../process/cpu-snapshot.ts';

/** What was done in a measured time, and what it took. */
export interface Work {
  readonly seconds: number;
  readonly documents: number;
  readonly tokens: number;
  readonly latenciesMs: readonly number[];
  readonly before: CpuSnapshot;
  readonly after: CpuSnapshot;
  readonly peakMemoryBytes: number;
}

/** The figures that every contender has. */
export function workFigures(work: Work): Figures {
  const { seconds, documents, tokens, latenciesMs, before, after, peakMemoryBytes } = work;
  const cpuSeconds = after.treeSeconds - before.treeSeconds;
  return {
    documentsPerSecond: documents / seconds,
    tokensPerSecond: tokens / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p95Ms: quantile(latenciesMs, 0.95),
    p99Ms: quantile(latenciesMs, 0.99),
    cpuSecondsPerThousandDocuments: (1000 * cpuSeconds) / documents,
    peakMemoryBytes,
    othersCores: othersCores(before, after),
    mainShareOfCpu: (after.mainSeconds - before.mainSeconds) / cpuSeconds,
  };
}
