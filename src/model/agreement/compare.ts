import { clipText } from './clip-text.ts';
import { median } from './median.ts';
import type { ProbeSet } from './probe-set.ts';
import { type AgreementOptions, type RankAgreement, rankAgreement } from './rank-agreement.ts';

/** A loaded model, as far as a comparison needs it. */
export interface Scorer {
  score(query: string, documents: readonly string[], signal: AbortSignal): Promise<TimedScores>;
}

interface TimedScores {
  /** One for every document, in their order. */
  readonly logits: Float32Array;
  /** What they took, in milliseconds. Both scorers of a comparison take the same kind of time. */
  readonly ms: number;
}

/** Milliseconds, one query at a time. */
export interface ScoringTime {
  readonly sumMs: number;
  readonly medianMs: number;
}

/** What is to be known before one model takes another's place. Plain data, its own JSON form. */
export interface Comparison extends RankAgreement {
  readonly worstQuery: RankAgreement['worstQuery'] & { readonly query: string };
  readonly referenceTime: ScoringTime;
  readonly candidateTime: ScoringTime;
  /** Median over the queries of the candidate's time divided by the reference's: below 1, the candidate is faster. */
  readonly latencyRatio: number;
}

export interface CompareOptions extends Partial<AgreementOptions> {
  readonly signal: AbortSignal;
  /** Called after every query. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Scores a probe set with both models, never at the same time, and compares scores and times.
 *
 * Which one goes first alternates, so that neither always finds the caches warm. Warm both up before: the first runs of
 * a model are slower than what follows.
 * @throws the signal's reason; what a scorer throws; RangeError for an empty set or when a scorer gives more or fewer
 * scores than there are documents.
 */
export async function compareScorers(
  reference: Scorer,
  candidate: Scorer,
  set: ProbeSet,
  options: CompareOptions,
): Promise<Comparison> {
  const { signal, onProgress, ...agreementOptions } = options;
  const sides = [new Side('reference', reference), new Side('candidate', candidate)] as const;
  const [first, second] = sides;
  for (const [index, { query, documents }] of set.entries()) {
    for (const side of index % 2 === 0 ? sides : [second, first]) {
      signal.throwIfAborted();
      await side.score(query, documents, signal);
    }
    onProgress?.(index + 1, set.length);
  }
  const agreement = rankAgreement(first.logits, second.logits, agreementOptions);
  return {
    ...agreement,
    worstQuery: { ...agreement.worstQuery, query: set[agreement.worstQuery.index]?.query ?? '' },
    referenceTime: first.time,
    candidateTime: second.time,
    latencyRatio: median(first.times.map((ms, index) => ratio(second.times[index] as number, ms))),
  };
}

class Side {
  readonly logits: Float32Array[] = [];
  /** Milliseconds a query. */
  readonly times: number[] = [];
  readonly #name: string;
  readonly #scorer: Scorer;

  constructor(name: string, scorer: Scorer) {
    this.#name = name;
    this.#scorer = scorer;
  }

  get time(): ScoringTime {
    return { sumMs: this.times.reduce((sum, ms) => sum + ms, 0), medianMs: median(this.times) };
  }

  async score(query: string, documents: readonly string[], signal: AbortSignal): Promise<void> {
    const { logits, ms } = await this.#scorer.score(query, documents, signal);
    this.times.push(ms);
    if (logits.length !== documents.length) {
      throw new RangeError(
        `the ${this.#name} gave ${logits.length} instead of ${documents.length} scores for "${clipText(query, 80)}"`,
      );
    }
    this.logits.push(logits);
  }
}

/** Two times too short for the clock are equal ones. */
function ratio(candidateMs: number, referenceMs: number): number {
  return candidateMs === referenceMs ? 1 : candidateMs / referenceMs;
}
