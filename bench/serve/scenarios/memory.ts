import type { RunningServer } from '../../server/start-server.ts';
import { LoadProcess } from '../load/load-process.ts';
import { MemoryWatch } from '../process/memory-watch.ts';
import type { RequestFile } from '../workload/request-file.ts';
import type { Scenario } from './scenario.ts';

const CONNECTIONS = 32;

/** Whether a server gives back what its largest request took. */
export const memory: Scenario = {
  name: 'memory',
  about: 'memory under load, before and after one request of the largest size (--most-documents)',
  for: 'rerankd',
  async run(contender, { workload, seconds, mostDocuments, signal, say }) {
    const usual = await workload.requests('mixed', 32);
    const largest = await workload.requests('mixed', mostDocuments);
    await using server = await contender.start(signal);
    const stop = AbortSignal.any([signal, server.ended]);
    const before = await steadyBytes(server, usual, seconds, stop);
    say(`one request of ${mostDocuments} documents`);
    using watch = new MemoryWatch(server.pid);
    await askOnce(server, largest, stop);
    const peakMemoryBytes = await watch.peakBytes();
    const after = await steadyBytes(server, usual, seconds, stop);
    return [
      {
        variant: `${mostDocuments} docs`,
        figures: {
          memoryBeforeBytes: before,
          peakMemoryBytes,
          memoryAfterBytes: after,
          memoryRatio: after / before,
        },
      },
    ];
  },
};

/** Memory of the process tree under full load, in bytes. */
async function steadyBytes(
  server: RunningServer,
  file: RequestFile,
  seconds: number,
  stop: AbortSignal,
): Promise<number> {
  using watch = new MemoryWatch(server.pid);
  await using load = new LoadProcess({
    url: `${server.url}/rerank`,
    requestFile: file.path,
    headers: {},
    plan: { kind: 'closed', connections: CONNECTIONS, seconds, warmUpSeconds: 1 },
  });
  await load.report(stop);
  return await watch.steadyBytes();
}

async function askOnce(server: RunningServer, { requests }: RequestFile, signal: AbortSignal): Promise<void> {
  const { query, documents } = requests[0] ?? {};
  const response = await fetch(`${server.url}/rerank`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, documents }),
    signal,
  });
  const text = await response.text();
  if (response.status !== 200)
    throw new Error(`the largest request was answered with ${response.status}: ${text}`);
}
