import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtemp, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CgroupDirectory, cgroupDirectories } from '../../src/platform/cgroup.ts';
import { until } from './until.ts';

/** Names of the kernel's files. */
const FILES = {
  1: {
    limit: 'memory.limit_in_bytes',
    limitWithSwap: 'memory.memsw.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    peak: 'memory.max_usage_in_bytes',
    events: 'memory.oom_control',
  },
  2: {
    limit: 'memory.max',
    limitWithSwap: 'memory.swap.max',
    usage: 'memory.current',
    peak: 'memory.peak',
    events: 'memory.events',
  },
} as const;

/**
 * A real cgroup with a memory limit and without swap. Needs the right to create one: usually root, outside a container.
 *
 *     const why = await whyNoMemoryCgroup();
 *     describe.skipIf(why !== undefined)(withReason('…', why), () => …
 *       await using cgroup = await MemoryCgroup.create(256 * 2 ** 20);
 *       const child = cgroup.spawn(process.execPath, ['…']);
 *
 * The kernel charges page cache to the cgroup that reads or writes a file first. What a test has read or written itself before
 * is charged to the test, and costs a process in here nothing, mapped or not. The peak counts page cache as well: reading
 * files alone brings it to the limit. Whether memory ran short is told by `oomKills`.
 */
export class MemoryCgroup implements AsyncDisposable {
  readonly directory: string;
  readonly version: 1 | 2;

  private constructor({ path, version }: CgroupDirectory) {
    this.directory = path;
    this.version = version;
  }

  /**
   * Creates it below the nearest cgroup of this process that allows it.
   * @throws Error that says why there can be none.
   */
  static async create(limitBytes: number): Promise<MemoryCgroup> {
    const membership = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
    const reasons: string[] = [];
    for (const parent of cgroupDirectories(membership, 'memory')) {
      if ((await stat(parent.path).catch(() => undefined)) === undefined) continue;
      try {
        return await MemoryCgroup.#createIn(parent, limitBytes);
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    throw new Error(reasons[0] ?? 'no cgroup memory controller is mounted');
  }

  static async #createIn({ path, version }: CgroupDirectory, limitBytes: number): Promise<MemoryCgroup> {
    const cgroup = new MemoryCgroup({ version, path: await mkdtemp(join(path, 'rerankd-test-')) });
    try {
      await cgroup.#write('limit', limitBytes);
      // Not there where the kernel does not account swap.
      await cgroup.#write('limitWithSwap', version === 1 ? limitBytes : 0).catch(() => {});
      return cgroup;
    } catch (error) {
      await rmdir(cgroup.directory);
      throw error;
    }
  }

  /** Starts a command inside. The pid is that of the command itself. */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [shell, ...shellArgs] = this.inside(command, args);
    return spawn(shell, shellArgs, options);
  }

  /** What to start instead of a command, so that it runs inside. */
  inside(command: string, args: readonly string[]): [string, ...string[]] {
    const enter = 'echo $$ > "$0" && exec "$@"';
    return ['/bin/sh', '-c', enter, join(this.directory, 'cgroup.procs'), command, ...args];
  }

  /** Bytes charged now, page cache included. */
  usageBytes(): Promise<number> {
    return this.#number('usage');
  }

  /** The most bytes ever charged, page cache included. */
  peakBytes(): Promise<number> {
    return this.#number('peak');
  }

  /** Processes that the kernel has killed for want of memory. */
  async oomKills(): Promise<number> {
    const text = await readFile(this.#path('events'), 'utf8');
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
  }

  /** The processes inside. */
  async pids(): Promise<number[]> {
    const text = await readFile(join(this.directory, 'cgroup.procs'), 'utf8').catch(() => '');
    // 0 stands for a process that can't be seen from here; as an argument of kill it is the test itself.
    return text.split('\n').map(Number).filter(Boolean);
  }

  /** Kills what still runs inside, and removes the cgroup. */
  async [Symbol.asyncDispose](): Promise<void> {
    await until(`the cgroup ${this.directory} is removed`, async () => {
      for (const pid of await this.pids()) killIfThere(pid);
      // Busy until the last process is gone.
      return await rmdir(this.directory).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return true;
          if (error.code === 'EBUSY') return false;
          throw error;
        },
      );
    });
  }

  async #number(file: keyof (typeof FILES)[1]): Promise<number> {
    return Number(await readFile(this.#path(file), 'utf8'));
  }

  #write(file: keyof (typeof FILES)[1], value: number): Promise<void> {
    return writeFile(this.#path(file), String(value), { flag: 'r+' });
  }

  #path(file: keyof (typeof FILES)[1]): string {
    return join(this.directory, FILES[this.version][file]);
  }
}

/** @returns undefined where a cgroup with a memory limit can be created and entered, else the reason why not. */
export async function whyNoMemoryCgroup(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'there are no cgroups on this system';
  try {
    await using cgroup = await MemoryCgroup.create(64 * 2 ** 20);
    const child = cgroup.spawn('true', [], { stdio: 'ignore' });
    const code = await new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    return code === 0 ? undefined : 'a process could not be moved into the cgroup';
  } catch (error) {
    return (error as Error).message;
  }
}

/** The title of a suite, which says why it is skipped if it is. */
export function withReason(title: string, whyNot: string | undefined): string {
  return whyNot === undefined ? title : `${title} (skipped, as it takes a real cgroup: ${whyNot})`;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
