const HALF_LIFE_MS = 5_000;

/** How many tokens an engine computes in a millisecond of work, as of late. */
export class Throughput {
  readonly #halfLifeMs: number;
  #tokens = 0;
  #ms = 0;

  /** @param halfLifeMs engine time after which a measurement counts half as much as a fresh one */
  constructor(halfLifeMs = HALF_LIFE_MS) {
    this.#halfLifeMs = halfLifeMs;
  }

  /** @param tokens of a batch without padding @param ms that an engine took for it */
  record(tokens: number, ms: number): void {
    const kept = 0.5 ** (ms / this.#halfLifeMs);
    this.#tokens = this.#tokens * kept + tokens;
    this.#ms = this.#ms * kept + ms;
  }

  /** Undefined as long as nothing was measured. */
  get tokensPerMs(): number | undefined {
    return this.#ms > 0 ? this.#tokens / this.#ms : undefined;
  }
}
