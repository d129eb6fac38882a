import { median } from '../../measuring/statistics.ts';
import { type TreeUsage, treeUsage } from '../server/tree-usage.ts';

/** How a quantity went, in its own unit. */
export interface Course {
  /** Median of the first tenth. */
  readonly first: number;
  /** Median of the last tenth. */
  readonly last: number;
}

/** Looks at a process tree again and again. */
export class UsageRecord {
  readonly zombies: number[] = [];
  readonly #pid: number;
  readonly #samples: TreeUsage[] = [];
  #dead = new Set<number>();

  constructor(pid: number) {
    this.#pid = pid;
  }

  async sample(): Promise<void> {
    const usage = await treeUsage(this.#pid);
    this.#samples.push(usage);
    // For a moment every ended child is one: what counts is whether it is there the next time.
    this.zombies.push(...usage.zombies.filter((pid) => this.#dead.has(pid)));
    this.#dead = new Set(usage.zombies);
  }

  /** One line a sample. */
  get lines(): string[] {
    return this.#samples.map(
      ({ processes, fileDescriptors, ownBytes }, index) =>
        `${index}: ${processes} processes, ${fileDescriptors} file descriptors, ${Math.round(ownBytes / 2 ** 20)} MiB`,
    );
  }

  get samples(): number {
    return this.#samples.length;
  }

  /** @param warmUp samples at the start that don't count */
  course(warmUp: number, valueOf: (usage: TreeUsage) => number): Course {
    const values = this.#samples.slice(warmUp).map(valueOf);
    const tenth = Math.max(1, Math.ceil(values.length / 10));
    return { first: median(values.slice(0, tenth)), last: median(values.slice(-tenth)) };
  }
}
