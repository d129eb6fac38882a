import { readFile } from 'node:fs/promises';
import { processTree } from '../../../scripts/measuring/process-tree.ts';

/** CPU time that processes have used since they began, in seconds. */
export interface CpuTime {
  readonly treeSeconds: number;
  /** Of the first process alone. */
  readonly mainSeconds: number;
}

/** Linux counts in hundredths of a second for user space, whatever the kernel ticks at. */
const TICKS_PER_SECOND = 100;

/** Fields of `stat` after the name: utime, stime, and cutime and cstime of children that have ended. */
const [USER, SYSTEM, ENDED_USER, ENDED_SYSTEM] = [11, 12, 13, 14] as const;

/** The process and its descendants, those that have ended included. @returns zeros where there is no /proc. */
export async function treeCpuTime(root: number): Promise<CpuTime> {
  const stats = await Promise.all((await processTree(root)).map(statOf));
  const treeSeconds = stats.reduce((sum, { own, ended }) => sum + own + ended, 0);
  return { treeSeconds, mainSeconds: stats[0]?.own ?? 0 };
}

async function statOf(pid: number): Promise<{ own: number; ended: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return parseStat(stat);
}

/** @returns seconds. The second field, a name in brackets, may hold anything. */
export function parseStat(stat: string): { own: number; ended: number } {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const seconds = (field: number): number => (fields[field] ?? 0) / TICKS_PER_SECOND;
  return { own: seconds(USER) + seconds(SYSTEM), ended: seconds(ENDED_USER) + seconds(ENDED_SYSTEM) };
}
