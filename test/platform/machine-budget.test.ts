import { describe, expect, it } from 'vitest';
import { cgroupCpuQuota, readMachineBudget } from '../../src/platform/machine-budget.ts';

function quotaOf(files: Readonly<Record<string, string>>): number | undefined {
  return cgroupCpuQuota((path) => files[path]);
}

describe('the CPU quota', () => {
  it('is read from cgroup v2, the tightest of a group and its ancestors', () => {
    const files = {
      '/proc/self/cgroup': '0::/pods/one\n',
      '/sys/fs/cgroup/pods/one/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/pods/cpu.max': '250000 100000\n',
      '/sys/fs/cgroup/cpu.max': '800000 100000\n',
    };
    expect(quotaOf(files)).toBe(2.5);
  });

  it('is read from cgroup v1, inside a container that sees the host path of its group', () => {
    const files = {
      '/proc/self/cgroup': '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '150000\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    };
    expect(quotaOf(files)).toBe(1.5);
  });

  it('is unknown where there is none', () => {
    expect(
      quotaOf({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000' }),
    ).toBeUndefined();
    const unlimited = {
      '/proc/self/cgroup': '1:cpu:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
    };
    expect(quotaOf(unlimited)).toBeUndefined();
    expect(quotaOf({})).toBeUndefined();
  });
});

it('grants at least one processor and some memory', () => {
  const budget = readMachineBudget();
  expect(budget.cpus).toBeGreaterThanOrEqual(1);
  expect(budget.memoryBytes).toBeGreaterThan(2 ** 20);
});
