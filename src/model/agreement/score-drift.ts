import { sigmoid } from '../sigmoid.ts';

/** How far two models' scores lie apart, over all documents of all queries. */
export interface ScoreDrift {
  /** Largest and mean absolute difference of two logits. NaN when no document has two finite ones. */
  readonly maxDrift: number;
  readonly meanDrift: number;
  /** The same as a share of the reference's logit spread; Infinity when the reference has none and there is drift. */
  readonly maxRelativeDrift: number;
  readonly meanRelativeDrift: number;
  /** The same between the scores from 0 to 1. */
  readonly maxScoreDrift: number;
  readonly meanScoreDrift: number;
  /** Share of all documents that are relevant by one model and not by the other. */
  readonly thresholdCrossing: number;
  /** Logits that are NaN or infinite. They are left out of the drift; a NaN is never relevant. */
  readonly nonFinite: { readonly reference: number; readonly candidate: number };
}

/**
 * Measures the drift of a candidate's logits.
 * @param reference one array of logits for every query.
 * @param candidate as many, of the same lengths.
 * @param threshold score from 0 to 1 from which a document counts as relevant.
 */
export function scoreDrift(
  reference: readonly Float32Array[],
  candidate: readonly Float32Array[],
  threshold: number,
): ScoreDrift {
  const [drift, drifted] = [new MaxAndMean(), new MaxAndMean()];
  const nonFinite = { reference: 0, candidate: 0 };
  let [documents, crossed] = [0, 0];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [query, logits] of reference.entries()) {
    for (const [index, before] of logits.entries()) {
      const after = candidate[query]?.[index] ?? Number.NaN;
      documents++;
      if (sigmoid(before) >= threshold !== sigmoid(after) >= threshold) crossed++;
      if (!Number.isFinite(before)) nonFinite.reference++;
      else [lowest, highest] = [Math.min(lowest, before), Math.max(highest, before)];
      if (!Number.isFinite(after)) nonFinite.candidate++;
      if (!Number.isFinite(before) || !Number.isFinite(after)) continue;
      drift.add(Math.abs(before - after));
      drifted.add(Math.abs(sigmoid(before) - sigmoid(after)));
    }
  }
  const spread = highest - lowest;
  return {
    maxDrift: drift.max,
    meanDrift: drift.mean,
    maxRelativeDrift: relative(drift.max, spread),
    meanRelativeDrift: relative(drift.mean, spread),
    maxScoreDrift: drifted.max,
    meanScoreDrift: drifted.mean,
    thresholdCrossing: crossed / documents,
    nonFinite,
  };
}

/** No drift is none, however small the spread. */
function relative(drift: number, spread: number): number {
  return drift === 0 ? 0 : drift / spread;
}

class MaxAndMean {
  #max = Number.NaN;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#max = this.#count === 0 ? value : Math.max(this.#max, value);
    this.#sum += value;
    this.#count++;
  }

  get max(): number {
    return this.#max;
  }

  /** NaN of nothing. */
  get mean(): number {
    return this.#sum / this.#count;
  }
}
