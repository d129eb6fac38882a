import { describe, expect, it } from 'vitest';
import { type FreeMemory, readFreeMemory } from '../../../src/platform/memory/free-memory.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** A machine with 16 GiB available. */
const machine = { '/proc/meminfo': 'MemTotal:  25165824 kB\nMemFree:  1 kB\nMemAvailable:   16777216 kB\n' };

const freeWith = (files: Readonly<Record<string, string>>): Promise<FreeMemory> =>
  readFreeMemory(
    (path) => Promise.resolve(files[path]),
    () => 5 * GIB,
  );

/** 2 GiB of anonymous memory; 3 GiB of page cache, of which 1 GiB is mapped and 512 MiB lie in a tmpfs. */
const statV2 = [
  `anon ${2 * GIB}`,
  `file ${3 * GIB}`,
  `file_mapped ${GIB}`,
  `shmem ${GIB / 2}`,
  `slab_reclaimable ${256 * MIB}`,
  `slab_unreclaimable ${64 * MIB}`,
].join('\n');

const v2 = {
  ...machine,
  '/proc/self/cgroup': '0::/pods/one\n',
  '/sys/fs/cgroup/pods/one/memory.max': `${8 * GIB}\n`,
  '/sys/fs/cgroup/pods/one/memory.high': 'max\n',
  '/sys/fs/cgroup/pods/one/memory.current': `${6 * GIB}\n`,
  '/sys/fs/cgroup/pods/one/memory.stat': statV2,
};

describe('free memory', () => {
  it("is the machine's available memory without a cgroup limit", async () => {
    const unlimited = { bytes: 16 * GIB, limitedBy: "the machine's memory" };
    expect(await freeWith(machine)).toEqual(unlimited);
    expect(await freeWith({ ...v2, '/sys/fs/cgroup/pods/one/memory.max': 'max\n' })).toEqual(unlimited);
    const v1 = {
      ...machine,
      '/proc/self/cgroup': '4:memory:/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${20 * GIB}\n`,
    };
    expect(await freeWith(v1)).toEqual(unlimited);
  });

  it('is what the system says where there is no /proc', async () => {
    expect(await freeWith({})).toEqual({ bytes: 5 * GIB, limitedBy: "the machine's memory" });
  });

  it('is the limit of cgroup v2 less its usage, with unmapped page cache and reclaimable slab', async () => {
    expect(await freeWith(v2)).toEqual({
      bytes: 2 * GIB + 1.5 * GIB + 256 * MIB,
      limitedBy: 'the cgroup limit of 8.0 GiB',
    });
  });

  it('is bounded by memory.high where that is lower', async () => {
    const free = await freeWith({ ...v2, '/sys/fs/cgroup/pods/one/memory.high': `${7 * GIB}\n` });
    expect(free).toEqual({
      bytes: GIB + 1.5 * GIB + 256 * MIB,
      limitedBy: 'the cgroup limit of 7.0 GiB',
    });
  });

  it('is bounded by an ancestor that has less room', async () => {
    const free = await freeWith({
      ...v2,
      '/sys/fs/cgroup/pods/memory.max': `${10 * GIB}\n`,
      '/sys/fs/cgroup/pods/memory.current': `${9 * GIB}\n`,
      '/sys/fs/cgroup/pods/memory.stat': 'file 0\nfile_mapped 0\nshmem 0\n',
    });
    expect(free).toEqual({ bytes: GIB, limitedBy: 'the cgroup limit of 10.0 GiB' });
  });

  it('is read from cgroup v1, with the figures of the whole subtree', async () => {
    const free = await freeWith({
      ...machine,
      '/proc/self/cgroup': '5:cpu:/x\n4:memory:/pods/one\n',
      '/sys/fs/cgroup/memory/pods/one/memory.limit_in_bytes': `${2 * GIB}\n`,
      '/sys/fs/cgroup/memory/pods/one/memory.usage_in_bytes': `${1.5 * GIB}\n`,
      '/sys/fs/cgroup/memory/pods/one/memory.stat':
        `cache 0\nmapped_file 0\nshmem 0\ntotal_cache ${GIB}\n` +
        `total_mapped_file ${GIB / 4}\ntotal_shmem ${GIB / 8}\n`,
    });
    expect(free).toEqual({
      bytes: GIB / 2 + GIB - GIB / 4 - GIB / 8,
      limitedBy: 'the cgroup limit of 2.0 GiB',
    });
  });

  it('is found inside a container that sees the host path of its cgroup', async () => {
    const free = await freeWith({
      ...machine,
      '/proc/self/cgroup': '4:memory:/docker/abc\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${GIB}\n`,
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${GIB / 4}\n`,
    });
    expect(free).toEqual({ bytes: 0.75 * GIB, limitedBy: 'the cgroup limit of 1.0 GiB' });
  });

  it("is the machine's where that is less than the cgroup's", async () => {
    const free = await freeWith({ ...v2, '/proc/meminfo': 'MemAvailable:  1048576 kB\n' });
    expect(free).toEqual({ bytes: GIB, limitedBy: "the machine's memory" });
  });

  it('is never negative: not beyond the limit, nor when more is mapped or in a tmpfs than cached', async () => {
    const one = '/sys/fs/cgroup/pods/one';
    const beyond = { [`${one}/memory.current`]: `${9 * GIB}`, [`${one}/memory.stat`]: 'anon 1\n' };
    expect((await freeWith({ ...v2, ...beyond })).bytes).toBe(0);
    const stat = `file ${GIB}\nfile_mapped ${GIB}\nshmem ${GIB}\n`;
    expect((await freeWith({ ...v2, [`${one}/memory.stat`]: stat })).bytes).toBe(2 * GIB);
  });

  it('can be read here', async () => {
    expect((await readFreeMemory()).bytes).toBeGreaterThan(2 ** 20);
  });
});
