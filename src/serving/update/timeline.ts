import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { logFieldsOf } from '../../platform/tracing/request-trace.ts';
import type { Tracing } from '../../platform/tracing/tracing.ts';
import type { Operation } from '../operation/operation.ts';
import { traceOperation } from './operation-trace.ts';

type TimelineMetrics = Pick<Metrics, 'swaps' | 'swapDuration' | 'swapPhase' | 'swapMemory'>;

const MS_PER_SECOND = 1000;

/** Puts finished operations into metrics and traces. */
export class Timeline {
  readonly #metrics: TimelineMetrics;
  readonly #tracing: Pick<Tracing, 'record'> | undefined;

  constructor(metrics: TimelineMetrics, tracing?: Pick<Tracing, 'record'>) {
    this.#metrics = metrics;
    this.#tracing = tracing;
  }

  record(operation: Operation): void {
    if (this.#tracing !== undefined) traceOperation(this.#tracing, operation);
    const { kind, status, phases, memory, mode } = operation.report;
    const { swaps, swapDuration, swapPhase, swapMemory } = this.#metrics;
    swaps.inc({ kind, outcome: status, mode: mode?.chosen ?? 'none' });
    let total = 0;
    for (const { phase, ms } of phases) {
      // It has only begun: an operation is recorded when its model serves.
      if (phase === 'probation') continue;
      swapPhase.observe({ phase }, ms / MS_PER_SECOND);
      total += ms;
    }
    // A preload swaps nothing; its time would make swaps look slow.
    if (kind !== 'preload') swapDuration.observe(total / MS_PER_SECOND);
    if (memory === null) return;
    swapMemory.set({ when: 'before' }, memory.before_bytes);
    swapMemory.set({ when: 'after' }, memory.after_bytes);
  }
}

/** One line for every operation: who, what, and what came of it. */
export function audit(logger: Logger, operation: Operation): void {
  const { id, kind, model, by, status, dry_run, forced, mode, phases, lock_held_ms, held_requests, error } =
    operation.report;
  const ms = Math.round(phases.reduce((sum, phase) => sum + phase.ms, 0));
  logger.info(
    {
      audit: true,
      operation: id,
      ...logFieldsOf(operation.trace),
      kind,
      model,
      by,
      status,
      dry_run,
      forced,
      mode: mode?.chosen,
      phases,
      lock_held_ms,
      held_requests,
      ...(error !== null && { error }),
    },
    `${kind} to ${model} by ${by}: ${status} after ${ms} ms${error === null ? '' : ` (${error})`}`,
  );
}
