/** The latest values of a figure, a fixed number of them. */
export class Reservoir {
  readonly #values: Float64Array;
  #added = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  get size(): number {
    return Math.min(this.#added, this.#values.length);
  }

  add(value: number): void {
    this.#values[this.#added % this.#values.length] = value;
    this.#added++;
  }

  /**
   * By the nearest-rank method.
   * @param share 0 to 1
   * @returns NaN while there are no values.
   */
  quantile(share: number): number {
    const sorted = this.#values.slice(0, this.size).toSorted();
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  }
}
