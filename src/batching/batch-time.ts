import { Throughput } from './throughput.ts';

/** Engine time after which a measurement counts half: a few large batches. */
const HALF_LIFE_MS = 200;

/** What is known beforehand counts as a measurement of this length. */
const EXPECTATION_MS = 20;

/** Batches are not made smaller than this for the sake of their time: they would waste most of the device. */
const LEAST_TOKENS = 256;

/**
 * Bounds the time of a batch: whoever comes next waits for the one that runs and the one behind it, so that a slow device gets
 * smaller batches.
 */
export class BatchTime {
  readonly #mostMs: number;
  readonly #throughput = new Throughput(HALF_LIFE_MS);
  /** The largest batch so far, in tokens. */
  #largest = LEAST_TOKENS;

  /** @param mostMs that a batch should take */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** The largest batch that is thought to be done in time, in tokens that are computed. Infinite before the first measurement. */
  get tokens(): number {
    const { tokensPerMs } = this.#throughput;
    if (tokensPerMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(LEAST_TOKENS, Math.floor(tokensPerMs * this.#mostMs));
  }

  /** What the device is thought to do, as long as nothing better is known. */
  expect(tokensPerMs: number): void {
    if (this.#throughput.tokensPerMs !== undefined) return;
    this.#throughput.record(tokensPerMs * EXPECTATION_MS, EXPECTATION_MS);
  }

  /**
   * A batch took so long. Small ones take hardly less than larger ones, and say nothing about these.
   * @param tokens computed, padding included
   */
  record(tokens: number, ms: number): void {
    if (ms > this.#mostMs || tokens >= Math.min(this.tokens, this.#largest) / 2) {
      this.#throughput.record(tokens, ms);
      this.#largest = Math.max(this.#largest, tokens);
    }
  }
}
