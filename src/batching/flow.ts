import type { RequestTrace } from '../platform/tracing/request-trace.ts';

/** Tokens that a request may have computed in one turn: about sixteen passages. */
export const QUANTUM_TOKENS = 2048;

/**
 * One request among those that compete for the engines. Its pairs take turns of a fixed number of tokens: a small request is
 * done within its first turn, a large one gets one turn in each round in which everybody else gets one too.
 *
 * Source: Shreedhar and Varghese 1996, "Efficient Fair Queuing Using Deficit Round-Robin"; the turns are handed out when pairs
 * arrive, as start tags are in Goyal et al. 1996, "Start-time Fair Queuing".
 */
export class Flow {
  readonly trace: RequestTrace | undefined;
  readonly #expected: number;
  #firstTurn: number | undefined;
  #taken = 0;
  #finished = 0;

  /**
   * @param expected tokens that the whole request is thought to have, as long as it is not tokenized.
   * @param trace what logs and traces call it; undefined for work that is no request's.
   */
  constructor(expected = 0, trace?: RequestTrace) {
    this.#expected = expected;
    this.trace = trace;
  }

  /** Tokens that are still to be computed, as far as is known. */
  get remaining(): number {
    return Math.max(this.#expected, this.#taken) - this.#finished;
  }

  /**
   * The turn of the flow's next pair.
   * @param tokens of the pair
   * @param current the turn that is being served. A flow begins with the next one: what comes now can't prolong the turn for
   * those who wait already, so every turn ends.
   */
  take(tokens: number, current: number): number {
    this.#firstTurn ??= current + 1;
    const turn = this.#firstTurn + Math.floor(this.#taken / QUANTUM_TOKENS);
    this.#taken += tokens;
    return turn;
  }

  /** A pair of so many tokens has its score. */
  finish(tokens: number): void {
    this.#finished += tokens;
  }
}
