import { readFile } from 'node:fs/promises';
import { epochMs } from './epoch.ts';
import type { Window } from './window.ts';

const INTERVAL_MS = 50;

interface Look {
  readonly at: number;
  readonly ranMs: number;
  readonly waitedMs: number;
}

/** Shares of the time, 0 to 1. */
export interface ThreadShares {
  /** The thread ran: what it does itself. */
  readonly ran: number;
  /** It could have run, and another thread had the processor: what the machine does to it. */
  readonly waited: number;
}

/**
 * Watches the first thread of a process, the one that answers requests. Its own time tells what a download costs it, however busy
 * the machine is with other things. NaN where there is no /proc. Disposing it stops it.
 */
export class ThreadWatch implements Disposable {
  readonly #path: string;
  readonly #looks: Look[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#path = `/proc/${pid}/task/${pid}/schedstat`;
    this.#timer = setInterval(() => void this.#look(), INTERVAL_MS);
  }

  shares(windows: readonly Window[]): ThreadShares {
    let [ms, ranMs, waitedMs] = [0, 0, 0];
    for (const { from, to } of windows) {
      const inside = this.#looks.filter(({ at }) => at >= from && at <= to);
      const [first, last] = [inside[0], inside.at(-1)];
      if (first === undefined || last === undefined) continue;
      ms += last.at - first.at;
      ranMs += last.ranMs - first.ranMs;
      waitedMs += last.waitedMs - first.waitedMs;
    }
    return { ran: ranMs / ms, waited: waitedMs / ms };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const look = parseSchedstat(text);
    if (look !== undefined) this.#looks.push({ at: epochMs(), ...look });
  }
}

/** @param text time on the processor and time in its queue, in nanoseconds (kernel: Documentation/scheduler/sched-stats) */
export function parseSchedstat(text: string): { ranMs: number; waitedMs: number } | undefined {
  const [, ran, waited] = /^(\d+) (\d+) \d+\s*$/.exec(text) ?? [];
  if (ran === undefined || waited === undefined) return undefined;
  return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
}
