import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { GpuMemory } from './gpu-memory.ts';

export interface GpuWatchOptions {
  /** Asks the driver. @see readGpuMemory */
  readonly read: (
    pids: readonly number[],
    how: { readonly onProblem: (reason: string) => void; readonly patienceMs: number | undefined },
  ) => Promise<GpuMemory | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** For metrics and pages: however many ask, the driver is asked no more often. */
const FRESH_MS = 5_000;

/** After a failure, they don't ask again so soon. */
const RETRY_MS = 60_000;

interface Reading {
  readonly at: number;
  readonly memory: Promise<GpuMemory | undefined>;
}

/** GPU memory as it was of late, for all who want to know. Requests for scores never ask. */
export class GpuWatch {
  readonly clock: Clock;
  readonly #options: GpuWatchOptions;
  #latest: Reading | undefined;
  #failedAt: number | undefined;

  constructor(options: GpuWatchOptions) {
    this.clock = options.clock;
    this.#options = options;
  }

  /**
   * @param pids of engines that run, by which the card is found among several.
   * @param maxAgeMs 0 asks in any case.
   * @param patienceMs for the driver's answer, where somebody waits who can't wait long
   * @returns undefined where nothing tells; the first time the log says why.
   */
  async read(
    pids: readonly number[],
    maxAgeMs = FRESH_MS,
    patienceMs?: number,
  ): Promise<GpuMemory | undefined> {
    const now = this.clock.now();
    const isBroken = this.#failedAt !== undefined && now - this.#failedAt < RETRY_MS;
    if (maxAgeMs > 0 && isBroken) return undefined;
    if (this.#latest === undefined || maxAgeMs === 0 || now - this.#latest.at > maxAgeMs) {
      this.#latest = { at: now, memory: this.#ask(pids, patienceMs) };
    }
    return await this.#latest.memory;
  }

  async #ask(pids: readonly number[], patienceMs: number | undefined): Promise<GpuMemory | undefined> {
    let problem = '';
    const memory = await this.#options.read(pids, {
      onProblem: (reason) => (problem = reason),
      patienceMs,
    });
    if (memory === undefined && this.#failedAt === undefined)
      this.#options.logger.warn(
        `GPU memory can't be read, so that swap modes are chosen by host memory alone: ${problem}`,
      );
    this.#failedAt = memory === undefined ? this.clock.now() : undefined;
    return memory;
  }
}
