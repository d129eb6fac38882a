import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { LOCK_SECONDS, SWAP_SECONDS } from './buckets.ts';
import type { Observed } from './observed.ts';
import { startAtZero } from './start-at-zero.ts';

/** Every way in which an operation can end. */
const OUTCOMES = ['update', 'rollback', 'preload'].flatMap((kind) =>
  ['succeeded', 'failed', 'cancelled'].flatMap((outcome) =>
    ['beside', 'hold', 'none'].map((mode) => ({ kind, outcome, mode })),
  ),
);

/** Changes of the model, and the model that serves. */
export function swapMetrics(registers: Registry[], observed: Observed) {
  const running = new Gauge({
    name: 'rerankd_operation_running',
    help: 'Always 1, while there is one: the update, rollback or preload that is under way, and its phase.',
    labelNames: ['kind', 'phase'] as const,
    registers,
    collect() {
      this.reset();
      const operation = observed.operation?.();
      if (operation !== undefined) this.set({ kind: operation.kind, phase: operation.phase }, 1);
    },
  });
  return {
    running,
    swaps: startAtZero(
      new Counter({
        name: 'rerankd_swaps_total',
        help: 'Finished updates, rollbacks and preloads by outcome, and by how the models took turns.',
        labelNames: ['kind', 'outcome', 'mode'] as const,
        registers,
      }),
      OUTCOMES,
    ),
    swapDuration: new Histogram({
      name: 'rerankd_swap_duration_seconds',
      help: 'Time of a whole update, drain included.',
      buckets: SWAP_SECONDS,
      registers,
    }),
    swapPhase: new Histogram({
      name: 'rerankd_swap_phase_duration_seconds',
      help: 'Time of each phase of an update.',
      labelNames: ['phase'] as const,
      buckets: SWAP_SECONDS,
      registers,
    }),
    swapLock: new Histogram({
      name: 'rerankd_swap_lock_held_seconds',
      help: 'Time that a swap held the write lock.',
      buckets: LOCK_SECONDS,
      registers,
    }),
    swapMemory: new Gauge({
      name: 'rerankd_swap_memory_bytes',
      help: 'Memory of the process tree before and after the last update, without mapped files.',
      labelNames: ['when'] as const,
      registers,
    }),
    heldRequests: new Counter({
      name: 'rerankd_swap_held_requests_total',
      help: 'Requests that waited while a model ended and another was loaded.',
      registers,
    }),
    drainedGenerations: startAtZero(
      new Counter({
        name: 'rerankd_swap_drained_generations_total',
        help: 'Models that no request uses any more after a swap, and those that requests still held when the time was up.',
        labelNames: ['outcome'] as const,
        registers,
      }),
      ['drained', 'held'].map((outcome) => ({ outcome })),
    ),
    modelInfo: new Gauge({
      name: 'rerankd_model_info',
      help: 'Always 1; the labels name the model that serves.',
      labelNames: ['model', 'digest', 'generation', 'device'] as const,
      registers,
    }),
    stateUnsaved: new Gauge({
      name: 'rerankd_state_unsaved',
      help: '1 while the state directory does not say what serves, because it can not be written.',
      registers,
    }),
  };
}
