import { freemem } from 'node:os';
import { join } from 'node:path';
import { type CgroupDirectory, cgroupDirectories } from '../cgroup.ts';
import { formatBytes } from './format-bytes.ts';
import { type ReadText, readText } from './read-text.ts';

export interface FreeMemory {
  /** Bytes that this process tree may still take, at least 0. */
  readonly bytes: number;
  /** What sets that bound, to complete "6.3 GiB are free (…)": "the cgroup limit of 8.0 GiB", "the machine's memory". */
  readonly limitedBy: string;
}

/**
 * How much more memory this process tree may take before the system kills one of its processes: the least of what the machine
 * has (`MemAvailable` of /proc/meminfo, see proc_meminfo(5)), and what the cgroup and each of its ancestors leave.
 *
 * A cgroup leaves its limit, less what is charged to it, plus what the kernel drops before it kills: page cache that nobody maps
 * and, where v2 tells it, reclaimable slab. Mapped files are not counted as free, though they could be dropped too: for
 * engines they are the weights, read on every run. Files in a tmpfs are page cache as well, but have nowhere to go. Mapped
 * tmpfs pages are taken off twice, as the kernel does not tell them apart, so that the figure is rather too low.
 *
 * Sources: Linux admin-guide/cgroup-v2.rst, "Memory Interface Files" (memory.max, memory.high, memory.current, memory.stat);
 * admin-guide/cgroup-v1/memory.rst, sections 4 and 5 (memory.limit_in_bytes, memory.usage_in_bytes, memory.stat).
 * @param freeBytes asked on systems without /proc/meminfo. On macOS it leaves out caches, so it is too low as well.
 */
export async function readFreeMemory(
  read: ReadText = readText,
  freeBytes: () => number = freemem,
): Promise<FreeMemory> {
  const [membership = '', meminfo = ''] = await Promise.all([
    read('/proc/self/cgroup'),
    read('/proc/meminfo'),
  ]);
  const groups = cgroupDirectories(membership, 'memory').map((group) => freeIn(group, read));
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  const machine = {
    bytes: kibibytes === undefined ? freeBytes() : Number(kibibytes) * 1024,
    limitedBy: "the machine's memory",
  };
  return (await Promise.all(groups))
    .filter((group) => group !== undefined)
    .reduce((least, group) => (group.bytes < least.bytes ? group : least), machine);
}

/** @returns undefined for a cgroup without a limit, and where there is none. */
async function freeIn({ version, path }: CgroupDirectory, read: ReadText): Promise<FreeMemory | undefined> {
  const text = (file: string): Promise<string | undefined> => read(join(path, file));
  const limit = version === 2 ? await limitV2(text) : await number(text('memory.limit_in_bytes'));
  // No limit is written as "max" in v2, and as the largest multiple of a page that fits 63 bits in v1.
  if (!(limit < Number.MAX_SAFE_INTEGER)) return undefined;
  const usage = await number(text(version === 2 ? 'memory.current' : 'memory.usage_in_bytes'));
  if (Number.isNaN(usage)) return undefined;
  const figures = parseFigures((await text('memory.stat')) ?? '');
  const reclaimable = (version === 2 ? reclaimableV2 : reclaimableV1)((name) => figures.get(name) ?? 0);
  return {
    bytes: Math.max(0, limit - usage + reclaimable),
    limitedBy: `the cgroup limit of ${formatBytes(limit)}`,
  };
}

/** Beyond memory.high nobody is killed, but every allocation is slowed down until something is freed. */
async function limitV2(text: (file: string) => Promise<string | undefined>): Promise<number> {
  const limits = [await number(text('memory.max')), await number(text('memory.high'))];
  return Math.min(...limits.filter((limit) => !Number.isNaN(limit)));
}

function reclaimableV2(figure: (name: string) => number): number {
  const cache = figure('file') - figure('file_mapped') - figure('shmem');
  return Math.max(0, cache) + figure('slab_reclaimable');
}

/** The figures without `total_` are those of the cgroup without its descendants. */
function reclaimableV1(figure: (name: string) => number): number {
  return Math.max(0, figure('total_cache') - figure('total_mapped_file') - figure('total_shmem'));
}

/** Lines of `name number`. */
function parseFigures(text: string): Map<string, number> {
  return new Map(
    text.split('\n').map((line) => {
      const [name = '', value] = line.split(' ');
      return [name, Number(value)];
    }),
  );
}

async function number(text: Promise<string | undefined>): Promise<number> {
  return Number.parseInt((await text) ?? '', 10);
}
