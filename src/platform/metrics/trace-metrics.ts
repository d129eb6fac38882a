import { Counter, type Registry } from 'prom-client';
import { startAtZero } from './start-at-zero.ts';

/** What became of the spans that were recorded. */
export function traceMetrics(registers: Registry[]) {
  return {
    traceSpans: startAtZero(
      new Counter({
        name: 'rerankd_trace_spans_total',
        help: 'Spans of traces: taken by the collector, not delivered, and dropped because too many waited for it.',
        labelNames: ['outcome'] as const,
        registers,
      }),
      ['exported', 'failed', 'dropped'].map((outcome) => ({ outcome })),
    ),
  };
}
