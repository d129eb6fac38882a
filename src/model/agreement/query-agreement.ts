import { kendallTauB } from './kendall-tau.ts';

/** How far two models put the documents of one query into the same order. */
export interface QueryAgreement {
  /** Kendall's tau-b, from -1 to 1. */
  readonly kendallTau: number;
  /** Whether some document is best, perhaps among others, by both models. */
  readonly sameBest: boolean;
  /** Share of the best k documents that is the same. */
  readonly topKOverlap: number;
}

/**
 * Compares the two orders of one query's documents.
 *
 * A model that gives all documents the same score has no order, and tau is undefined. If both models do so, they agree
 * (tau 1, same best); if only one does, they don't (tau 0, not the same best), though every document is a best one then.
 *
 * A NaN ranks below everything else, as it does for whoever filters by score. Infinities rank as what they are.
 * @param reference one logit a document.
 * @param candidate one logit a document, as many.
 * @param topK how many of the best to look at, at most half of the documents and at least one. Ties at the border stand
 * in the order of the documents, as in an answer of the server.
 */
export function queryAgreement(
  reference: Float32Array,
  candidate: Float32Array,
  topK: number,
): QueryAgreement {
  const [a, b] = [reference.map(nanLast), candidate.map(nanLast)];
  const topKOverlap = overlapOfBest(a, b, Math.min(topK, Math.max(1, Math.floor(a.length / 2))));
  const constant = [a, b].filter((scores) => scores.every((score) => score === scores[0])).length;
  if (constant === 2) return { kendallTau: 1, sameBest: true, topKOverlap };
  if (constant === 1) return { kendallTau: 0, sameBest: false, topKOverlap };
  return { kendallTau: kendallTauB(a, b), sameBest: shareBest(a, b), topKOverlap };
}

function nanLast(score: number): number {
  return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
}

function shareBest(a: Float32Array, b: Float32Array): boolean {
  const [bestOfA, bestOfB] = [maximum(a), maximum(b)];
  return a.some((score, index) => score === bestOfA && b[index] === bestOfB);
}

/** Without spreading: a query may have more documents than a call may have arguments. */
function maximum(scores: Float32Array): number {
  return scores.reduce((best, score) => Math.max(best, score), Number.NEGATIVE_INFINITY);
}

function overlapOfBest(a: Float32Array, b: Float32Array, k: number): number {
  const bestOfB = new Set(placesOfBest(b, k));
  return placesOfBest(a, k).filter((index) => bestOfB.has(index)).length / k;
}

/** Places of the `k` highest scores. */
function placesOfBest(scores: Float32Array, k: number): number[] {
  const order = Uint32Array.from(scores, (_, index) => index);
  order.sort((i, j) => {
    const [left, right] = [scores[i] as number, scores[j] as number];
    return left > right ? -1 : left < right ? 1 : i - j;
  });
  return Array.from(order.subarray(0, k));
}
