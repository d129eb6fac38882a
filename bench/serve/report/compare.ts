import type { ContenderName } from '../contenders/contender.ts';
import type { Observation } from '../figures.ts';
import type { Findings } from '../run-rounds.ts';

/** Whom the others are held against: the first of these that takes part. */
const REFERENCES: readonly ContenderName[] = ['python', 'naive-node', 'cross-encoder'];

/** @returns undefined when only rerankd takes part. */
export function referenceOf(observations: readonly Observation[]): ContenderName | undefined {
  return REFERENCES.find((name) => observations.some(({ contender }) => contender === name));
}

/**
 * Adds to each observation of a full load how many times faster it was than the reference in the same round, and how far its
 * scores are from the reference's.
 */
export function compareToReference({ observations, scores }: Findings): Observation[] {
  const reference = referenceOf(observations);
  return observations.map((observation) => {
    const { figures, scenario, round, variant, contender } = observation;
    const its = observations.find(
      (other) =>
        other.contender === reference &&
        other.scenario === scenario &&
        other.round === round &&
        other.variant === variant,
    );
    if (its === undefined) return observation;
    const againstReference = ratio(figures.documentsPerSecond, its.figures.documentsPerSecond);
    const found = scores.get(scenario);
    const scoreDifference = largestDifference(found?.get(contender), reference && found?.get(reference));
    return { ...observation, figures: { ...figures, againstReference, scoreDifference } };
  });
}

/** NaN where there is nothing to compare. */
export function largestDifference(a: readonly number[] = [], b: readonly number[] = []): number {
  if (a.length === 0 || a.length !== b.length) return Number.NaN;
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN))));
}

function ratio(a = Number.NaN, b = Number.NaN): number {
  return a / b;
}
