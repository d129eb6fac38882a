/** Speeds change: only so much of the past counts. */
const WINDOW_MS = 10_000;
/** Over a shorter time, a speed is a guess. */
const MIN_SPAN_MS = 1000;
const MAX_SAMPLES = 64;

/** How fast something grows, lately. */
export class Rate {
  #samples: { readonly atMs: number; readonly done: number }[] = [];

  /** @param done so far; less than before means a new start. */
  add(atMs: number, done: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && done < last.done) this.#samples = [];
    this.#samples = [...this.#samples, { atMs, done }]
      .filter((sample) => atMs - sample.atMs <= WINDOW_MS)
      .slice(-MAX_SAMPLES);
  }

  /** A second; nothing while it can't be told. */
  get perSecond(): number | undefined {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < MIN_SPAN_MS) return undefined;
    return ((last.done - first.done) / (last.atMs - first.atMs)) * 1000;
  }
}
