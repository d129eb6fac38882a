import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { createAccessMetrics } from '../../src/http/access/access-metrics.ts';
import { createMetrics } from '../../src/platform/metrics.ts';

/** A metric as the registry has it. */
export interface DescribedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
  /** Upper bounds; empty for what is no histogram. */
  readonly buckets: readonly number[];
}

/** prom-client's classes have these without declaring all of them. */
type Registered = Partial<MetricObjectWithValues<MetricValue<string>>> & {
  readonly labelNames?: readonly string[];
  readonly upperBounds?: readonly number[];
};

/** Every metric that rerankd registers, in the order in which it does; those of Node and the process left out. */
export function describedMetrics(): DescribedMetric[] {
  const { registry } = createMetrics({ readyEngines: () => 0 }, { tei: true });
  createAccessMetrics(registry);
  return (registry.getMetricsAsArray() as unknown as Registered[])
    .map(({ name = '', help = '', type = '', labelNames = [], upperBounds = [] }) => ({
      name,
      help,
      type: String(type),
      labels: labelNames,
      buckets: upperBounds,
    }))
    .filter(({ name }) => /^(rerankd|te)_/.test(name));
}
