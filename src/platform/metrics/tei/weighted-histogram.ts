import type { Histogram, Registry } from 'prom-client';

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A histogram without labels that takes a value many times at once. All pairs of a request share its times: with prom-client's own,
 * a request of a thousand documents would cost thousands of observations.
 */
export class WeightedHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[] = [];
  readonly upperBounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;
  #count = 0;

  /** @param buckets upper bounds, ascending, +Inf left out. */
  constructor(name: string, help: string, buckets: readonly number[], registry: Registry) {
    this.name = name;
    this.help = help;
    this.upperBounds = buckets;
    this.#counts = new Float64Array(buckets.length);
    // The registry asks its metrics for `get()` and nothing else.
    registry.registerMetric(this as unknown as Histogram);
  }

  observe(value: number, times = 1): void {
    this.#sum += value * times;
    this.#count += times;
    const at = this.#firstHolding(value);
    if (at < this.#counts.length) this.#counts[at] = (this.#counts[at] ?? 0) + times;
  }

  /** Called by the registry for a scrape. */
  async get() {
    const { name, help, type, aggregator } = this;
    let below = 0;
    const values: Sample[] = this.upperBounds.map((le, index) => {
      below += this.#counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, value: below };
    });
    values.push(
      { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: this.#count },
      { metricName: `${name}_sum`, labels: {}, value: this.#sum },
      { metricName: `${name}_count`, labels: {}, value: this.#count },
    );
    return { name, help, type, aggregator, values };
  }

  reset(): void {
    this.#counts.fill(0);
    this.#sum = 0;
    this.#count = 0;
  }

  /** Index of the first bucket that holds the value; their number if none does. */
  #firstHolding(value: number): number {
    let from = 0;
    let to = this.upperBounds.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (value <= (this.upperBounds[middle] ?? 0)) to = middle;
      else from = middle + 1;
    }
    return from;
  }
}
