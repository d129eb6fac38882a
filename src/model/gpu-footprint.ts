import type { GpuMemory } from '../platform/memory/gpu-memory.ts';
import type { GpuWatch } from '../platform/memory/gpu-watch.ts';
import { ANSWER_MS, GpuRelease } from './gpu-release.ts';
import type { OnCard } from './on-card.ts';

/** A look at the card that is hardly older than what follows on it. */
export const JUST_NOW_MS = 2_000;

/**
 * What one model holds on the card: weights, activations, and what CUDA takes for a process. By process id where the driver
 * knows those of the engines; otherwise the difference that its load and warm-up made, with which other users of the card mix in.
 * ONNX Runtime keeps what it once took, so the largest batch, which the warm-up runs, decides.
 */
export class GpuFootprint {
  readonly #watch: GpuWatch;
  readonly #before: GpuMemory | undefined;
  readonly #pids: () => readonly number[];
  #difference: number | undefined;
  #peakBytes: number | undefined;
  #latest: OnCard | undefined;
  #release: Promise<GpuRelease | undefined> | undefined;

  /**
   * @param before the card before the model was loaded; undefined when it could not be read then.
   * @param pids of the engines that run.
   */
  constructor(watch: GpuWatch, before: GpuMemory | undefined, pids: () => readonly number[]) {
    this.#watch = watch;
    this.#before = before;
    this.#pids = pids;
  }

  /** The most that it was seen to hold, in bytes; undefined while nothing is known. */
  get peakBytes(): number | undefined {
    return this.#peakBytes;
  }

  /** Looks at the card when the model is warm, before anything else changes on it. */
  async measure(): Promise<void> {
    const now = await this.#watch.read(this.#pids(), 0);
    if (now === undefined) return;
    if (this.#before !== undefined) this.#difference = Math.max(0, now.usedBytes - this.#before.usedBytes);
    this.#latest = this.#noted(now);
  }

  /** For the parameters see GpuWatch.read. */
  async look(maxAgeMs?: number, patienceMs?: number): Promise<OnCard | undefined> {
    const card = await this.#watch.read(this.#pids(), maxAgeMs, patienceMs);
    if (card === undefined) return undefined;
    this.#latest = this.#noted(card);
    return this.#latest;
  }

  /** To be called while the engines still run; after that, what counts is what they held then. */
  async release(): Promise<GpuRelease | undefined> {
    this.#release ??= this.#lookBeforeRelease();
    return await this.#release;
  }

  async #lookBeforeRelease(): Promise<GpuRelease | undefined> {
    const pids = this.#pids();
    // A busy driver is no reason not to wait for the memory: an older look tells it as well, as long as nobody else came or went.
    const before = (await this.look(JUST_NOW_MS, ANSWER_MS)) ?? this.#latest;
    return before && new GpuRelease(this.#watch, before, pids);
  }

  #noted(card: GpuMemory): OnCard {
    const { processes } = card;
    const pids = this.#pids();
    const listed = pids.flatMap((pid) => processes.get(pid) ?? []);
    const isListed = listed.length > 0 && listed.length === pids.length;
    const held = isListed ? listed.reduce((sum, bytes) => sum + bytes, 0) : this.#difference;
    if (held !== undefined) this.#peakBytes = Math.max(this.#peakBytes ?? 0, held);
    return { card, heldBytes: held };
  }
}
