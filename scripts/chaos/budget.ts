/** Gives an experiment its share of the time that is left: what one does not use, the ones after it may. */
export class TimeBudget {
  readonly #endsAt: number;

  constructor(minutes: number) {
    this.#endsAt = performance.now() + minutes * 60_000;
  }

  /**
   * @param weight of the experiment that begins now
   * @param later weights of those that come after it
   * @returns milliseconds that it has left, whenever it asks.
   */
  share(weight: number, later: readonly number[]): () => number {
    const now = performance.now();
    const all = later.reduce((sum, other) => sum + other, weight);
    const endsAt = now + Math.max(0, this.#endsAt - now) * (weight / all);
    return () => Math.max(0, endsAt - performance.now());
  }
}
