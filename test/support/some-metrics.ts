import { createMetrics, type Metrics } from '../../src/platform/metrics.ts';

/** The real metrics of a server without engines. */
export function someMetrics(): Metrics {
  return createMetrics({ readyEngines: () => 0 });
}

/** The value of one series, 0 while it has no sample. @param labels those that it must have, among others */
export async function valueOf(
  { registry }: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
  const isIt = (found: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(labels).every(([label, value]) => found[label] === value);
  return values.filter((sample) => isIt(sample.labels)).reduce((sum, { value }) => sum + value, 0);
}
