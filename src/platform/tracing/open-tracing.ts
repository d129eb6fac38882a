import type { Tracing, TracingOptions } from './tracing.ts';

/** OpenTelemetry takes a quarter of a second and 25 MB to load: only those pay for it who want traces. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { OpenTelemetryTracing } = await import('./otlp/open-telemetry-tracing.ts');
  return new OpenTelemetryTracing(options);
}
