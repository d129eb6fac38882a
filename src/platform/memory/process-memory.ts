import { type ReadText, readText } from './read-text.ts';

export interface ProcessMemory {
  /** Bytes that are held for this process alone now: heap, stacks, shared memory, but no mapped files. */
  readonly ownBytes: number;
  /** An estimate of the most that `ownBytes` ever was, never below it. */
  readonly peakBytes: number;
}

/** The sums over several processes, and each of them. */
export interface MemoryOfProcesses extends ProcessMemory {
  readonly processes: readonly (ProcessMemory & { readonly pid: number })[];
}

/**
 * What processes hold for themselves, by `RssAnon` and `RssShmem` of /proc/PID/status (proc_pid_status(5)). Mapped files are
 * left out: engines share them with each other and with the page cache, so that they are counted where weights are. The
 * kernel keeps these figures per processor and adds them up now and then; each may be some hundred KiB off.
 *
 * The kernel remembers one peak, `VmHWM`, of own memory and mapped files together. The peak of own memory is estimated as that
 * peak less the files that are mapped in now: an engine maps its weights first and keeps them. It is too high when the kernel has
 * dropped mapped pages since, and too low when more files were mapped in after the peak. Both peaks of several processes
 * need not have been at the same time, so their sum is rather too high.
 * @returns 0 bytes for a process that has ended, and for all on systems other than Linux.
 */
export async function readProcessMemory(
  pids: readonly number[],
  read: ReadText = readText,
): Promise<MemoryOfProcesses> {
  const processes = await Promise.all(
    pids.map(async (pid) => ({ pid, ...parseStatus((await read(`/proc/${pid}/status`)) ?? '') })),
  );
  return {
    processes,
    ownBytes: processes.reduce((sum, { ownBytes }) => sum + ownBytes, 0),
    peakBytes: processes.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
  };
}

/** The same for this process. Where there is no /proc, mapped files are in the figures. */
export async function readOwnMemory(read: ReadText = readText): Promise<ProcessMemory> {
  const status = await read('/proc/self/status');
  if (status !== undefined) return parseStatus(status);
  const ownBytes = process.memoryUsage.rss();
  return { ownBytes, peakBytes: Math.max(ownBytes, process.resourceUsage().maxRSS * 1024) };
}

/** A process that has ended and waits to be reaped has no such lines. */
function parseStatus(text: string): ProcessMemory {
  const bytes = (field: string): number | undefined => {
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  };
  const anonymous = bytes('RssAnon');
  // Some sandboxes tell the whole only.
  const ownBytes = anonymous === undefined ? (bytes('VmRSS') ?? 0) : anonymous + (bytes('RssShmem') ?? 0);
  return { ownBytes, peakBytes: Math.max(ownBytes, (bytes('VmHWM') ?? 0) - (bytes('RssFile') ?? 0)) };
}
