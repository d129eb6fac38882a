/** Engine time after which a measurement counts half as much as a fresh one. */
const HALF_LIFE_MS = 5_000;

/** How many tokens an engine computes in a millisecond of work, as of late. */
export class Throughput {
  #tokens = 0;
  #ms = 0;

  /** @param tokens of a batch without padding @param ms that an engine took for it */
  record(tokens: number, ms: number): void {
    const kept = 0.5 ** (ms / HALF_LIFE_MS);
    this.#tokens = this.#tokens * kept + tokens;
    this.#ms = this.#ms * kept + ms;
  }

  /** Undefined as long as nothing was measured. */
  get tokensPerMs(): number | undefined {
    return this.#ms > 0 ? this.#tokens / this.#ms : undefined;
  }
}
