import type { Cut } from '../model/text-limits.ts';

/** Characters that make a token: about 4 in the Latin script, 1 to 2 in the Chinese one. */
const CHARACTERS_PER_TOKEN = 3;

/** Special tokens of a pair. */
const SPECIAL_TOKENS = 4;

/** Requests after which an observation counts half as much as a fresh one. */
const HALF_LIFE = 20;

/** No language makes more, or fewer, tokens of its characters; one odd text must not teach otherwise. */
const LEAST_CORRECTION = 1 / 4;
const MOST_CORRECTION = 4;

/** What there is to compute. */
export interface Work {
  /** One for all documents, or one a document. */
  readonly query: string | readonly string[];
  readonly documents: readonly string[];
  /** Tokens a pair. */
  readonly maxLength: number;
  readonly cut?: Cut | undefined;
}

/**
 * Tells how many tokens a request will have computed, before anything is tokenized: from its characters, corrected by how such
 * guesses turned out of late.
 */
export class TokenEstimate {
  #guessed = 0;
  #computed = 0;

  of(work: Work): number {
    const correction = this.#guessed === 0 ? 1 : this.#computed / this.#guessed;
    return Math.ceil(guessTokens(work) * Math.min(MOST_CORRECTION, Math.max(LEAST_CORRECTION, correction)));
  }

  /** @param computed tokens that the work turned out to have. */
  learn(work: Work, computed: number): void {
    if (work.documents.length === 0) return;
    const kept = 0.5 ** (1 / HALF_LIFE);
    this.#guessed = this.#guessed * kept + guessTokens(work);
    this.#computed = this.#computed * kept + computed;
  }
}

function guessTokens({ query, documents, maxLength, cut }: Work): number {
  let tokens = 0;
  const shared = typeof query === 'string' ? query.length : undefined;
  for (let index = 0; index < documents.length; index++) {
    const length = documents[index]?.length ?? 0;
    const queryLength = shared ?? query[index]?.length ?? 0;
    tokens +=
      cut === undefined
        ? Math.min(maxLength, Math.ceil((queryLength + length) / CHARACTERS_PER_TOKEN) + SPECIAL_TOKENS)
        : guessCut(queryLength / CHARACTERS_PER_TOKEN, length / CHARACTERS_PER_TOKEN, maxLength, cut);
  }
  return tokens;
}

function guessCut(query: number, document: number, maxLength: number, cut: Cut): number {
  const fixed = Math.min(query, (maxLength * 3) / 4) + SPECIAL_TOKENS;
  const room = Math.max(1, maxLength - fixed);
  const wanted = Math.min(document, cut.documentTokens ?? document);
  if (cut.windows === undefined || wanted <= room) return Math.ceil(fixed + Math.min(wanted, room));
  const overlap = Math.min(cut.windows.overlap, room / 2);
  const windows = Math.min(cut.windows.max, Math.ceil((wanted - overlap) / (room - overlap)));
  return Math.ceil(windows * fixed + Math.min(wanted + (windows - 1) * overlap, windows * room));
}
