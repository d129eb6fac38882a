import type { RunningServer } from '../../server/start-server.ts';
import type { Figures } from '../figures.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { LoadReport } from '../load/protocol.ts';
import { takeCpuSnapshot } from '../process/cpu-snapshot.ts';
import { MemoryWatch } from '../process/memory-watch.ts';
import type { RequestFile } from '../workload/request-file.ts';
import { type Work, workFigures } from './work-figures.ts';

export interface ClosedLoopRequest {
  readonly file: RequestFile;
  readonly connections: number;
  readonly seconds: number;
}

export interface Measured {
  readonly figures: Figures;
  readonly report: LoadReport;
}

/** Enough for caches and compilers; every connection has had an answer by then as well. */
const WARM_UP_SECONDS = 2;

/** Keeps a server busy, and measures what it does and what it takes. */
export async function measureClosedLoop(
  server: RunningServer,
  { file, connections, seconds }: ClosedLoopRequest,
  signal: AbortSignal,
): Promise<Measured> {
  const stop = AbortSignal.any([signal, server.ended]);
  using memory = new MemoryWatch(server.pid);
  await using load = new LoadProcess({
    url: `${server.url}/rerank`,
    requestFile: file.path,
    headers: {},
    plan: { kind: 'closed', connections, seconds, warmUpSeconds: Math.min(WARM_UP_SECONDS, seconds) },
  });
  await load.measuring(stop);
  const before = await takeCpuSnapshot(server.pid);
  const report = await load.report(stop);
  const after = await takeCpuSnapshot(server.pid);
  const work: Work = { ...report, before, after, peakMemoryBytes: await memory.peakBytes() };
  return { figures: { ...workFigures(work), failed: report.failed }, report };
}
