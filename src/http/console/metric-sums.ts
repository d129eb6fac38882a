import type { Counter, Gauge, Histogram } from 'prom-client';

type Labels = Readonly<Record<string, string | number | undefined>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A histogram since the start of the server. */
export interface Totals {
  readonly sum: number;
  readonly count: number;
}

/** Observations up to each bound; the last bound is infinite, and left out. */
export interface Distribution extends Totals {
  readonly bounds: readonly number[];
  readonly cumulative: readonly number[];
}

type Scalar = Pick<Counter | Gauge, 'get'>;
type AnyHistogram = Pick<Histogram, 'get'>;

const everything = (): boolean => true;

/** The sum of the samples whose labels fit. */
export async function sumOf(metric: Scalar, fits: (labels: Labels) => boolean = everything): Promise<number> {
  const { values } = await metric.get();
  return total(values, fits);
}

/** Of all label sets together. */
export async function totalsOf(histogram: AnyHistogram): Promise<Totals> {
  const { values } = await histogram.get();
  const of = (suffix: string): number =>
    total(
      values.filter(({ metricName }) => metricName?.endsWith(suffix)),
      everything,
    );
  return { sum: of('_sum'), count: of('_count') };
}

/** Of all label sets that fit, together. */
export async function distributionOf(
  histogram: AnyHistogram,
  fits: (labels: Labels) => boolean,
): Promise<Distribution> {
  const { values } = await histogram.get();
  const fitting = values.filter(({ labels }) => fits(labels as Labels));
  const byBound = new Map<number, number>();
  const sums = { sum: 0, count: 0 };
  for (const { metricName = '', labels, value } of fitting) {
    const bound = Number((labels as Labels).le);
    if (metricName.endsWith('_sum')) sums.sum += value;
    else if (metricName.endsWith('_count')) sums.count += value;
    else if (Number.isFinite(bound)) byBound.set(bound, (byBound.get(bound) ?? 0) + value);
  }
  const bounds = [...byBound.keys()].toSorted((a, b) => a - b);
  return { ...sums, bounds, cumulative: bounds.map((bound) => byBound.get(bound) ?? 0) };
}

function total(samples: readonly Sample[], fits: (labels: Labels) => boolean): number {
  return samples.reduce((sum, { labels, value }) => (fits(labels) ? sum + value : sum), 0);
}
