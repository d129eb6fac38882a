import { delay } from '../platform/clock.ts';
import type { GpuMemory } from '../platform/memory/gpu-memory.ts';
import type { GpuWatch } from '../platform/memory/gpu-watch.ts';
import type { OnCard } from './on-card.ts';

/** What is not back yet. */
export interface StillHeld {
  readonly bytes: number;
  /** Those of the model's processes that the driver still lists. */
  readonly pids: readonly number[];
  readonly card: string;
}

/** The driver takes an address space down in some tenths of a second, more for tens of gigabytes. */
const PATIENCE_MS = 5_000;
const POLL_MS = 100;

/** A driver that gives no answer so often in a row has none. */
const MOST_SILENCES = 2;

/** For an answer of the driver while requests wait. */
export const ANSWER_MS = 2_000;

/** Of what was held, so much may be missing: figures come in whole MiB, and the driver keeps some pages for itself. */
const MISSING_SHARE = 0.02;
const MISSING_BYTES = 16 * 2 ** 20;

/**
 * The memory of a model that ends. Its processes are gone as soon as they have been waited for, but the driver frees what they held
 * with a delay, and a load that comes too early fails.
 */
export class GpuRelease {
  readonly #watch: GpuWatch;
  readonly #before: OnCard;
  readonly #pids: readonly number[];

  /** @param before the card while the model still ran. */
  constructor(watch: GpuWatch, before: OnCard, pids: readonly number[]) {
    this.#watch = watch;
    this.#before = before;
    this.#pids = pids;
  }

  /**
   * Resolves when the memory is free again, or after some seconds.
   * @returns what is still held then; undefined when all is back, and where the driver does not tell.
   */
  async confirm(): Promise<StillHeld | undefined> {
    const { clock } = this.#watch;
    const until = clock.now() + PATIENCE_MS;
    let held: StillHeld | undefined;
    for (let silences = 0; silences < MOST_SILENCES; ) {
      const now = await this.#watch.read([], 0, ANSWER_MS);
      if (now === undefined) silences++;
      else {
        silences = 0;
        held = this.#stillHeld(now);
        if (held === undefined) return undefined;
      }
      if (clock.now() >= until) break;
      await delay(clock, POLL_MS);
    }
    return held;
  }

  /** What others have taken meanwhile is not ours to wait for, as far as the driver tells them apart. */
  #stillHeld(now: GpuMemory): StillHeld | undefined {
    const { card, heldBytes = 0 } = this.#before;
    const takenByOthers = [...now.processes]
      .filter(([pid]) => !this.#pids.includes(pid))
      .reduce((sum, [pid, bytes]) => sum + Math.max(0, bytes - (card.processes.get(pid) ?? 0)), 0);
    const missing = heldBytes - (now.freeBytes - card.freeBytes) - takenByOthers;
    const pids = this.#pids.filter((pid) => now.processes.has(pid));
    const isBack = pids.length === 0 && missing <= heldBytes * MISSING_SHARE + MISSING_BYTES;
    return isBack ? undefined : { bytes: Math.max(0, missing), pids, card: now.name };
  }
}
