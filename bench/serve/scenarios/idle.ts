import { setTimeout as delay } from 'node:timers/promises';
import { treeCpuTime } from '../process/cpu-time.ts';
import { measureClosedLoop } from './measure-closed-loop.ts';
import type { Scenario } from './scenario.ts';

const USE_SECONDS = 2;

/** What the last requests left to do, garbage collection for one. */
const SETTLE_MS = 2000;

/** What a server costs that has been used and has nothing to do. */
export const idle: Scenario = {
  name: 'idle',
  about: 'CPU time while nothing happens',
  for: 'rerankd',
  async run(contender, { workload, seconds, signal }) {
    const file = await workload.requests('mixed', 32);
    await using server = await contender.start(signal);
    await measureClosedLoop(server, { file, connections: 4, seconds: USE_SECONDS }, signal);
    const stop = AbortSignal.any([signal, server.ended]);
    await delay(SETTLE_MS, undefined, { signal: stop });
    const before = await treeCpuTime(server.pid);
    const startedAt = performance.now();
    await delay(seconds * 1000, undefined, { signal: stop });
    const after = await treeCpuTime(server.pid);
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    return [
      {
        variant: '',
        figures: { idleCpuShare: (after.treeSeconds - before.treeSeconds) / elapsedSeconds },
      },
    ];
  },
};
