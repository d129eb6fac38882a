import { ServiceError } from '../errors.ts';

/** The pairs that one request may still have: windows make many of a few documents. */
export class PairBudget {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws ServiceError payload_too_large when there are not so many left. */
  take(pairs: number): void {
    this.#taken += pairs;
    if (this.#taken <= this.#most) return;
    throw new ServiceError('payload_too_large', `the documents make more than ${this.#most} windows`, {
      detail:
        'Send fewer documents at a time, ask for less with max_chunks_per_doc, overlap_tokens or max_tokens_per_doc, or raise RERANK_MAX_DOCUMENTS.',
    });
  }
}
