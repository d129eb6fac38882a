/** Characters that make a token: about 4 in the Latin script, 1 to 2 in the Chinese one. */
const CHARACTERS_PER_TOKEN = 3;

/** Special tokens of a pair. */
const SPECIAL_TOKENS = 4;

/** Requests after which an observation counts half as much as a fresh one. */
const HALF_LIFE = 20;

/**
 * Tells how many tokens a request will have computed, before anything is tokenized: from its characters, corrected by how such
 * guesses turned out of late. Scores out of the cache count as nothing.
 */
export class TokenEstimate {
  #guessed = 0;
  #computed = 0;

  of(query: string, documents: readonly string[], maxLength: number): number {
    const guess = guessTokens(query, documents, maxLength);
    const correction = this.#guessed === 0 ? 1 : this.#computed / this.#guessed;
    return Math.ceil(guess * correction);
  }

  /** @param computed tokens of a request that is done. */
  learn(query: string, documents: readonly string[], maxLength: number, computed: number): void {
    const kept = 0.5 ** (1 / HALF_LIFE);
    this.#guessed = this.#guessed * kept + guessTokens(query, documents, maxLength);
    this.#computed = this.#computed * kept + computed;
  }
}

function guessTokens(query: string, documents: readonly string[], maxLength: number): number {
  let tokens = 0;
  for (const { length } of documents) {
    tokens += Math.min(maxLength, Math.ceil((query.length + length) / CHARACTERS_PER_TOKEN) + SPECIAL_TOKENS);
  }
  return tokens;
}
