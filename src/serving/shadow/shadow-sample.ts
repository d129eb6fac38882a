import { type RankAgreement, rankAgreement } from '../../model/agreement/rank-agreement.ts';
import type { LiveRequest } from '../live/live-traffic.ts';
import type { ShadowTerms } from '../operation/change-request.ts';
import type { ShadowReport } from '../operation/shadow-report.ts';

/** Requests that wait to be scored again; more are skipped. */
const MAX_WAITING = 8;

/** Larger requests would take the processors for too long. */
const MAX_DOCUMENTS = 100;
const MAX_CHARACTERS = 200_000;

const PERCENT = 100;

/** How often the models are compared on the way. */
const COMPARISONS = 20;

/** The live requests that are scored again, and what both models made of them. */
export class ShadowSample {
  readonly #terms: ShadowTerms;
  readonly #options: { readonly threshold?: number };
  readonly #waiting: LiveRequest[] = [];
  readonly #live: Float32Array[] = [];
  readonly #candidate: Float32Array[] = [];
  #due = 0;
  #skipped = 0;
  #comparison: RankAgreement | null = null;

  /** @param threshold score from 0 to 1 from which a document counts as relevant; undefined for the usual one. */
  constructor(terms: ShadowTerms, threshold?: number) {
    this.#terms = terms;
    this.#options = threshold === undefined ? {} : { threshold };
  }

  get isComplete(): boolean {
    return this.#live.length >= this.#terms.requests;
  }

  /** The comparison in it grows in steps: each is made over all requests so far. */
  get report(): Omit<ShadowReport, 'until'> {
    const { requests } = this.#terms;
    const done = this.#live.length;
    const isDue = done >= (this.#comparison?.queries ?? 0) + Math.ceil(requests / COMPARISONS);
    if (done > 0 && (isDue || this.isComplete || this.#comparison === null)) {
      this.#comparison = rankAgreement(this.#live, this.#candidate, this.#options);
    }
    return {
      requests: done,
      requests_wanted: requests,
      skipped: this.#skipped,
      comparison: this.#comparison,
    };
  }

  offer(request: LiveRequest): void {
    const { query, documents } = request;
    const characters = documents.reduce((sum, document) => sum + document.length, query.length);
    const isFit = documents.length >= 2 && documents.length <= MAX_DOCUMENTS && characters <= MAX_CHARACTERS;
    if (!isFit) return;
    this.#due += this.#terms.percent / PERCENT;
    if (this.#due < 1) return;
    this.#due -= 1;
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(request);
    else this.#skipped++;
  }

  next(): LiveRequest | undefined {
    return this.#waiting.shift();
  }

  add(live: Float32Array, candidate: Float32Array): void {
    this.#live.push(live);
    this.#candidate.push(candidate);
  }
}
