import type { Comparison } from './compare.ts';

/** What a candidate must reach to take the reference's place. Whoever sets limits sets some of them. */
export interface AgreementLimits {
  /** From -1 to 1. */
  readonly minKendallTau: number;
  /** Share of queries, 0 to 1. */
  readonly minTop1Overlap: number;
  /** Share of documents, 0 to 1. */
  readonly maxThresholdCrossing: number;
  /** The candidate's time divided by the reference's. */
  readonly maxLatencyRatio: number;
  /** Largest logit difference as a share of the reference's logit spread. */
  readonly maxRelativeDrift: number;
}

/**
 * What 8-bit weights may cost. The shipped probe set has 54 queries, so that one best document may differ: two that are
 * equally good should not decide.
 */
export const int8Limits: Partial<AgreementLimits> = { minKendallTau: 0.97, minTop1Overlap: 0.98 };

/** What half precision may cost on a GPU: next to nothing, or something overflows. */
export const fp16Limits: Partial<AgreementLimits> = { minKendallTau: 0.99, minTop1Overlap: 0.98 };

/** The part of a comparison that limits look at. */
type Judged = Pick<
  Comparison,
  | 'kendallTau'
  | 'top1Overlap'
  | 'thresholdCrossing'
  | 'threshold'
  | 'latencyRatio'
  | 'maxRelativeDrift'
  | 'nonFinite'
>;

/**
 * Says what is beyond the limits, a sentence each, without a full stop; empty when all is well. A candidate with scores
 * that are NaN or infinite is never well, whatever the limits say.
 */
export function breaches(comparison: Judged, limits: Partial<AgreementLimits>): readonly string[] {
  const { candidate: broken } = comparison.nonFinite;
  const { maxThresholdCrossing, maxLatencyRatio, maxRelativeDrift } = limits;
  const crossing = `the share of documents that cross the threshold of ${comparison.threshold}`;
  return [
    broken === 0
      ? undefined
      : `${broken} of the candidate's scores ${broken === 1 ? 'is no finite number' : 'are no finite numbers'}`,
    atLeast('Kendall tau', comparison.kendallTau, limits.minKendallTau, plain),
    atLeast('top-1 agreement', comparison.top1Overlap, limits.minTop1Overlap, percent),
    atMost(crossing, comparison.thresholdCrossing, maxThresholdCrossing, percent),
    atMost('the latency ratio', comparison.latencyRatio, maxLatencyRatio, plain),
    atMost(
      "the largest logit drift as a share of the reference's spread",
      comparison.maxRelativeDrift,
      maxRelativeDrift,
      percent,
    ),
  ].filter((line) => line !== undefined);
}

/** How a figure is written: multiplied, with so many places after the point, and a sign after it. */
interface Notation {
  readonly factor: number;
  readonly places: number;
  readonly unit: string;
}

const plain: Notation = { factor: 1, places: 3, unit: '' };
const percent: Notation = { factor: 100, places: 1, unit: '%' };

function atLeast(
  what: string,
  value: number,
  limit: number | undefined,
  notation: Notation,
): string | undefined {
  return limit === undefined || value >= limit ? undefined : sentence(what, value, 'below', limit, notation);
}

function atMost(
  what: string,
  value: number,
  limit: number | undefined,
  notation: Notation,
): string | undefined {
  return limit === undefined || value <= limit ? undefined : sentence(what, value, 'above', limit, notation);
}

function sentence(what: string, value: number, side: string, limit: number, notation: Notation): string {
  const { factor, unit } = notation;
  // 0.07 * 100 is 7.000000000000001.
  const bound = Number((limit * factor).toPrecision(12));
  if (Number.isNaN(value)) return `${what} can't be measured; the limit is ${bound}${unit}`;
  return `${what} is ${distinct(value * factor, bound, notation.places)}${unit}, ${side} ${bound}${unit}`;
}

const MAX_PLACES = 15;

/** Enough places to show that the value is not the limit: "0.970, below 0.97" explains nothing. */
function distinct(value: number, limit: number, places: number): string {
  if (!Number.isFinite(value)) return 'infinite';
  const text = value.toFixed(places);
  return Number(text) === limit && places < MAX_PLACES ? distinct(value, limit, places + 1) : text;
}
