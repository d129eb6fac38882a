import { readFile } from 'node:fs/promises';
import { type CpuTime, treeCpuTime } from './cpu-time.ts';

/** CPU time used so far: by a contender, by all that the bench has started, and by the whole machine. */
export interface CpuSnapshot extends CpuTime {
  readonly takenAtMs: number;
  /** The bench, its contender and its load generator. */
  readonly benchSeconds: number;
  /** Of all processors, time that a hypervisor gave to others included. NaN where there is no /proc. */
  readonly machineSeconds: number;
}

const TICKS_PER_SECOND = 100;

/** Fields of the first line of /proc/stat in which a processor does something: all but idle, iowait and the guests' part. */
const BUSY_FIELDS = [0, 1, 2, 5, 6, 7];

export async function takeCpuSnapshot(pid: number): Promise<CpuSnapshot> {
  const [contender, bench, stat] = await Promise.all([
    treeCpuTime(pid),
    treeCpuTime(process.pid),
    readFile('/proc/stat', 'utf8').catch(() => ''),
  ]);
  return {
    ...contender,
    takenAtMs: performance.now(),
    benchSeconds: bench.treeSeconds,
    machineSeconds: busySeconds(stat),
  };
}

/** Processors that somebody else kept busy meanwhile: with more than a few hundredths, figures are not to be trusted. */
export function othersCores(before: CpuSnapshot, after: CpuSnapshot): number {
  const elapsedSeconds = (after.takenAtMs - before.takenAtMs) / 1000;
  const all = after.machineSeconds - before.machineSeconds;
  const ours = after.benchSeconds - before.benchSeconds;
  return Math.max(0, all - ours) / elapsedSeconds;
}

/** @param stat content of /proc/stat */
export function busySeconds(stat: string): number {
  const [, line] = /^cpu +(.*)$/m.exec(stat) ?? [];
  if (line === undefined) return Number.NaN;
  const fields = line.split(' ').map(Number);
  return BUSY_FIELDS.reduce((sum, field) => sum + (fields[field] ?? 0), 0) / TICKS_PER_SECOND;
}
