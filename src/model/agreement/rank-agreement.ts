import { queryAgreement } from './query-agreement.ts';
import { type ScoreDrift, scoreDrift } from './score-drift.ts';

export interface AgreementOptions {
  /** How many of the best documents to compare; of a query with few documents, no more than half of them. */
  readonly topK: number;
  /** Score from 0 to 1 (a logit's sigmoid) from which a document counts as relevant. */
  readonly threshold: number;
}

const defaultOptions: AgreementOptions = { topK: 10, threshold: 0.5 };

/**
 * How far a candidate ranks and scores like a reference. Every query counts the same, however many documents it has;
 * `queryAgreement` says how ties, constant scores and NaN are taken.
 *
 * Plain data. JSON has no NaN and no infinity: a drift that could not be measured, or is infinite, is null there.
 */
export interface RankAgreement extends ScoreDrift, AgreementOptions {
  readonly queries: number;
  /** Of all queries together. */
  readonly documents: number;
  /** Mean over the queries of Kendall's tau-b. */
  readonly kendallTau: number;
  /** The query with the lowest tau, the first of several. */
  readonly worstQuery: { readonly index: number; readonly kendallTau: number };
  /** Share of queries with the same best document. */
  readonly top1Overlap: number;
  /** Mean over the queries of the share of the best k documents that is the same. */
  readonly topKOverlap: number;
}

/**
 * Compares two models' logits for the same queries and documents.
 * @param reference one array of logits for every query, in the order of its documents.
 * @param candidate the same from the other model.
 * @throws RangeError when there is nothing to compare, when the two differ in shape, or for an impossible option.
 */
export function rankAgreement(
  reference: readonly Float32Array[],
  candidate: readonly Float32Array[],
  options: Partial<AgreementOptions> = {},
): RankAgreement {
  const { topK, threshold } = { ...defaultOptions, ...options };
  assertOptions(topK, threshold);
  assertSameShape(reference, candidate);
  let [documents, sameBest, overlap, tau] = [0, 0, 0, 0];
  let worstQuery = { index: 0, kendallTau: Number.POSITIVE_INFINITY };
  for (const [index, logits] of reference.entries()) {
    const query = queryAgreement(logits, candidate[index] as Float32Array, topK);
    documents += logits.length;
    sameBest += query.sameBest ? 1 : 0;
    overlap += query.topKOverlap;
    tau += query.kendallTau;
    if (query.kendallTau < worstQuery.kendallTau) worstQuery = { index, kendallTau: query.kendallTau };
  }
  const queries = reference.length;
  return {
    queries,
    documents,
    kendallTau: tau / queries,
    worstQuery,
    top1Overlap: sameBest / queries,
    topK,
    topKOverlap: overlap / queries,
    ...scoreDrift(reference, candidate, threshold),
    threshold,
  };
}

function assertOptions(topK: number, threshold: number): void {
  if (!Number.isSafeInteger(topK) || topK < 1) {
    throw new RangeError(`topK must be a whole number from 1 on, not ${topK}`);
  }
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`threshold must be a score from 0 to 1, not ${threshold}`);
  }
}

function assertSameShape(reference: readonly Float32Array[], candidate: readonly Float32Array[]): void {
  if (reference.length === 0) throw new RangeError('there are no queries to compare models on');
  if (reference.length !== candidate.length) {
    throw new RangeError(
      `the numbers of queries differ: ${reference.length} of the reference, ${candidate.length} of the candidate`,
    );
  }
  for (const [index, { length }] of reference.entries()) {
    if (length === 0) throw new RangeError(`query ${index} has no documents`);
    const other = candidate[index]?.length;
    if (length !== other) {
      throw new RangeError(
        `the numbers of scores differ for query ${index}: ${length} of the reference, ${other} of the candidate`,
      );
    }
  }
}
