import { clipText } from './clip-text.ts';
import type { Comparison, ScoringTime } from './compare.ts';
import { type AgreementLimits, breaches } from './limits.ts';

export interface ReportOptions {
  /** When given, the report ends with what is beyond them. */
  readonly limits?: Partial<AgreementLimits>;
}

/** Columns of a line at most; wide characters take two. */
const MAX_WIDTH = 100;
const LABEL_WIDTH = 30;
const FIGURE_WIDTH = 10;

/**
 * A comparison as plain text for a terminal: aligned, at most 100 columns, without colours, no line end at the end.
 * @param names what the two models are called.
 */
export function formatComparison(
  comparison: Comparison,
  names: { readonly reference: string; readonly candidate: string },
  options: ReportOptions = {},
): string {
  return [
    field('reference', names.reference),
    field('candidate', names.candidate),
    field('probe set', `${comparison.queries} queries, ${comparison.documents} documents`),
    '',
    ...orderLines(comparison),
    '',
    ...driftLines(comparison),
    '',
    ...timeLines(comparison),
    ...verdictLines(comparison, options.limits),
  ].join('\n');
}

function orderLines(comparison: Comparison): string[] {
  const { worstQuery, queries, topK } = comparison;
  return [
    row('Kendall tau, mean', decimal(comparison.kendallTau)),
    row(
      'Kendall tau, worst query',
      decimal(worstQuery.kendallTau),
      `query ${worstQuery.index + 1} of ${queries}:`,
    ),
    `  ${clipText(worstQuery.query, MAX_WIDTH - 2)}`,
    row('same best document', percent(comparison.top1Overlap), 'of queries'),
    row(
      `same among the best ${topK}`,
      percent(comparison.topKOverlap),
      "or the better half of a query's documents",
    ),
  ];
}

function driftLines(comparison: Comparison): string[] {
  const { nonFinite } = comparison;
  const ofSpread = (share: number): string => `${percent(share)} of the reference's spread`;
  const threshold = Number(comparison.threshold.toPrecision(4));
  return [
    row('logit drift, largest', decimal(comparison.maxDrift), ofSpread(comparison.maxRelativeDrift)),
    row('logit drift, mean', decimal(comparison.meanDrift), ofSpread(comparison.meanRelativeDrift)),
    row('score drift, largest', decimal(comparison.maxScoreDrift)),
    row('score drift, mean', decimal(comparison.meanScoreDrift)),
    row(`crossed the threshold ${threshold}`, percent(comparison.thresholdCrossing), 'of documents'),
    row('not finite, reference', String(nonFinite.reference), 'scores'),
    row('not finite, candidate', String(nonFinite.candidate), 'scores'),
  ];
}

function timeLines(comparison: Comparison): string[] {
  const time = (name: string, { medianMs, sumMs }: ScoringTime): string =>
    row(
      `time a query, ${name}`,
      `${medianMs.toFixed(1)} ms`,
      `median; ${(sumMs / 1000).toFixed(2)} s in all`,
    );
  return [
    time('reference', comparison.referenceTime),
    time('candidate', comparison.candidateTime),
    row('latency ratio', decimal(comparison.latencyRatio), 'candidate / reference, median over the queries'),
  ];
}

function verdictLines(comparison: Comparison, limits: Partial<AgreementLimits> | undefined): string[] {
  if (limits === undefined) return [];
  const beyond = breaches(comparison, limits);
  if (beyond.length === 0) return ['', 'Within the limits.'];
  return ['', 'Beyond the limits:', ...beyond.map((sentence) => `- ${sentence}`)];
}

function field(label: string, text: string): string {
  return label.padEnd(LABEL_WIDTH) + clipText(text, MAX_WIDTH - LABEL_WIDTH);
}

function row(label: string, figure: string, note = ''): string {
  return `${label.padEnd(LABEL_WIDTH)}${figure.padStart(FIGURE_WIDTH)}  ${note}`.trimEnd();
}

/** Four places where they say something, an exponent where they don't. */
function decimal(value: number): string {
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 'unknown';
  if (size === Number.POSITIVE_INFINITY) return 'infinite';
  return size === 0 || (size >= 0.001 && size < 10_000) ? value.toFixed(4) : value.toExponential(2);
}

function percent(share: number): string {
  if (!Number.isFinite(share)) return decimal(share);
  const value = share * 100;
  if (value > 0 && value < 0.01) return '<0.01%';
  return value < 10_000 ? `${value.toFixed(2)}%` : `${value.toExponential(2)}%`;
}
