import { treeMemory } from '../../../scripts/measuring/process-tree.ts';
import { quantile } from '../../../scripts/measuring/statistics.ts';

const INTERVAL_MS = 500;

/** Looks at the memory of a process tree twice a second. Disposing it stops it. */
export class MemoryWatch implements Disposable {
  readonly #pid: number;
  readonly #samples: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => void this.#look(), INTERVAL_MS);
  }

  /** Takes a last sample. @returns the highest so far in bytes; NaN where the system doesn't say. */
  async peakBytes(): Promise<number> {
    await this.#look();
    return this.#samples.length === 0 ? Number.NaN : Math.max(...this.#samples);
  }

  /** Takes a last sample. @returns the median of the later half in bytes; NaN where the system doesn't say. */
  async steadyBytes(): Promise<number> {
    await this.#look();
    return quantile(this.#samples.slice(Math.floor(this.#samples.length / 2)), 0.5);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const memory = await treeMemory(this.#pid);
    if (memory !== undefined) this.#samples.push(memory.totalBytes);
  }
}
