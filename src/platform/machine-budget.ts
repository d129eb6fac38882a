import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { cgroupDirectories } from './cgroup.ts';

export interface MachineBudget {
  /** Whole processors that this process tree may keep busy, at least 1. */
  readonly cpus: number;
  /** Bytes that this process tree may use. */
  readonly memoryBytes: number;
}

/** The text of a file, or undefined where there is none. */
type ReadText = (path: string) => string | undefined;

/** What this process may use (affinity mask, cgroup quota and memory limit), not what the host has. */
export function readMachineBudget(): MachineBudget {
  const quota = cgroupCpuQuota(readText);
  const affinity = availableParallelism();
  const limit = process.constrainedMemory();
  const total = totalmem();
  return {
    cpus: Math.max(1, Math.min(affinity, Math.floor(quota ?? affinity))),
    // Without a limit the answer is 0 or a number beyond any machine's memory.
    memoryBytes: limit > 0 && limit < total ? limit : total,
  };
}

/**
 * The tightest CPU quota of this process's cgroup and its ancestors, in processors, or undefined when there is none.
 * Files: `cpu.max` of cgroup v2, `cpu.cfs_quota_us` and `cpu.cfs_period_us` of v1 (kernel docs, admin-guide). libuv's own
 * reading, behind availableParallelism, was found to miss a v1 quota.
 */
export function cgroupCpuQuota(read: ReadText): number | undefined {
  const quotas = cgroupDirectories(read('/proc/self/cgroup') ?? '', 'cpu').flatMap(
    ({ version, path }) => (version === 2 ? quotaV2 : quotaV1)(path, read) ?? [],
  );
  return quotas.length === 0 ? undefined : Math.min(...quotas);
}

function quotaV2(directory: string, read: ReadText): number | undefined {
  const [quota, period] = (read(join(directory, 'cpu.max')) ?? '').trim().split(' ').map(Number);
  return ratio(quota, period);
}

function quotaV1(directory: string, read: ReadText): number | undefined {
  const number = (file: string): number => Number(read(join(directory, file)) ?? Number.NaN);
  return ratio(number('cpu.cfs_quota_us'), number('cpu.cfs_period_us'));
}

/** No quota is written as "max" in v2 and as -1 in v1. */
function ratio(quota: number | undefined, period: number | undefined): number | undefined {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
