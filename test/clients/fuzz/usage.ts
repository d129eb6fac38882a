import { readdir } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { helpersOf, residentBytes } from '../../support/processes.ts';

/** What this process, with the server in it, and the server's children hold. */
export interface Usage {
  readonly heapBytes: number;
  /** Zero where there is no /proc. */
  readonly fileDescriptors: number;
  /** Timers, sockets and whatever else keeps a process alive. */
  readonly resources: number;
  readonly processes: readonly number[];
  readonly residentBytesOfChildren: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function usage(): Promise<Usage> {
  collectGarbage();
  const processes = await helpersOf(process.pid);
  const resident = await Promise.all(processes.map(residentBytes));
  // Once more: what was waited for has left something behind.
  collectGarbage();
  return {
    heapBytes: process.memoryUsage().heapUsed,
    fileDescriptors: (await readdir('/proc/self/fd').catch(() => [])).length,
    resources: process.getActiveResourcesInfo().length,
    processes,
    residentBytesOfChildren: resident.reduce((sum, bytes) => sum + bytes, 0),
  };
}
