import { expect, it } from 'vitest';
import { cgroupDirectories } from '../../src/platform/cgroup.ts';

it('finds the directories of a v1 controller, of the own cgroup and its ancestors', () => {
  expect(cgroupDirectories('5:memory:/a/b\n4:cpu,cpuacct:/c\n', 'memory')).toEqual([
    { version: 1, path: '/sys/fs/cgroup/memory/a/b' },
    { version: 1, path: '/sys/fs/cgroup/memory/a' },
    { version: 1, path: '/sys/fs/cgroup/memory' },
  ]);
  expect(cgroupDirectories('4:cpu,cpuacct:/\n', 'cpu')).toEqual([
    { version: 1, path: '/sys/fs/cgroup/cpu,cpuacct' },
  ]);
});

it('finds those of v2, alone and beside v1, for a path with a colon too', () => {
  expect(cgroupDirectories('0::/a:b\n', 'memory')).toEqual([
    { version: 2, path: '/sys/fs/cgroup/a:b' },
    { version: 2, path: '/sys/fs/cgroup' },
    { version: 2, path: '/sys/fs/cgroup/unified/a:b' },
    { version: 2, path: '/sys/fs/cgroup/unified' },
  ]);
});

it('finds none without cgroups', () => {
  expect(cgroupDirectories('', 'memory')).toEqual([]);
});
