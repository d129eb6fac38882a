import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = '/sys/fs/cgroup';

/** Names of the same files in the two versions of cgroups. */
const FILES = {
  1: { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', kills: 'memory.oom_control' },
  2: { limit: 'memory.max', peak: 'memory.peak', kills: 'memory.events' },
} as const;

/** Until the last process of a group is counted out. */
const REMOVE_WITHIN_MS = 5000;

/** A group of processes that may have only so much memory together, page cache included. Linux, and only as root. */
export class MemoryCgroup implements AsyncDisposable {
  readonly #path: string;
  readonly #files: (typeof FILES)[1 | 2];

  private constructor(path: string, files: (typeof FILES)[1 | 2]) {
    this.#path = path;
    this.#files = files;
  }

  /** @returns undefined where this process may not make one. */
  static async make(limitBytes: number): Promise<MemoryCgroup | undefined> {
    for (const [version, parent] of await parents()) {
      const path = join(parent, `rerankd-chaos-${randomUUID()}`);
      const files = FILES[version];
      try {
        await mkdir(path);
      } catch {
        continue;
      }
      try {
        await writeFile(join(path, files.limit), String(limitBytes));
        return new MemoryCgroup(path, files);
      } catch {
        await rmdir(path);
      }
    }
    return undefined;
  }

  /** Runs what follows inside of it, as a wrapper of a command. */
  get wrapper(): readonly string[] {
    return ['sh', '-c', `echo $$ > '${join(this.#path, 'cgroup.procs')}' && exec "$@"`, 'sh'];
  }

  /** The most that its processes ever had together, page cache included. */
  async peakBytes(): Promise<number> {
    return Number(await readFile(join(this.#path, this.#files.peak), 'utf8'));
  }

  /** Processes that were killed because there was no memory left. */
  async kills(): Promise<number> {
    const text = await readFile(join(this.#path, this.#files.kills), 'utf8');
    return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const giveUpAt = performance.now() + REMOVE_WITHIN_MS;
    for (;;) {
      try {
        await rmdir(this.#path);
        return;
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
        await delay(50);
      }
    }
  }
}

/** Where a group of our own could be made: below our own group, in the hierarchy that counts memory. */
async function parents(): Promise<[1 | 2, string][]> {
  const text = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
  const places: [1 | 2, string][] = [];
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === '') places.push([2, join(ROOT, path)]);
    else if (controllers?.split(',').includes('memory')) {
      places.unshift([1, join(ROOT, 'memory', path)], [1, join(ROOT, 'memory')]);
    }
  }
  return places;
}
