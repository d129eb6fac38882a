import { collectDefaultMetrics, Registry } from 'prom-client';
import { batchMetrics } from './metrics/batch-metrics.ts';
import { gpuMetrics } from './metrics/gpu-metrics.ts';
import { httpMetrics } from './metrics/http-metrics.ts';
import type { Observed } from './metrics/observed.ts';
import { probationMetrics } from './metrics/probation-metrics.ts';
import { processMetrics } from './metrics/process-metrics.ts';
import { requestMetrics } from './metrics/request-metrics.ts';
import { storeMetrics } from './metrics/store-metrics.ts';
import { swapMetrics } from './metrics/swap-metrics.ts';
import { createTeiMetrics } from './metrics/tei/tei-metrics.ts';
import { traceMetrics } from './metrics/trace-metrics.ts';

export interface MetricsOptions {
  /** The names of text-embeddings-inference too. */
  readonly tei?: boolean;
}

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Every series that rerankd exposes, in one registry: base units (seconds, bytes, tokens), and labels whose values are bounded, as
 * Prometheus convention asks. docs/observability.md lists them.
 */
export function createMetrics(observed: Observed, { tei = false }: MetricsOptions = {}) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const own = {
    ...httpMetrics(registers),
    ...requestMetrics(registers),
    ...batchMetrics(registers, observed),
    ...processMetrics(registers, observed),
    ...gpuMetrics(registers, observed),
    ...swapMetrics(registers, observed),
    ...probationMetrics(registers, observed),
    ...storeMetrics(registers),
    ...traceMetrics(registers),
  };
  return { registry, ...own, tei: tei ? createTeiMetrics(registry, own) : undefined };
}
