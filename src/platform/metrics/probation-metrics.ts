import { Counter, Gauge, type Registry } from 'prom-client';
import type { Observed } from './observed.ts';
import { startAtZero } from './start-at-zero.ts';

/** Models that serve provisionally, and those that did not make it. */
export function probationMetrics(registers: Registry[], observed: Observed) {
  const onProbation = new Gauge({
    name: 'rerankd_probation_running',
    help: '1 while the model that serves is on probation.',
    registers,
    collect() {
      this.set(observed.onProbation?.() === true ? 1 : 0);
    },
  });
  return {
    onProbation,
    probations: startAtZero(
      new Counter({
        name: 'rerankd_probations_total',
        help: 'Models on probation by what came of it.',
        labelNames: ['outcome'] as const,
        registers,
      }),
      ['passed', 'rolled_back', 'ended'].map((outcome) => ({ outcome })),
    ),
    quarantined: new Gauge({
      name: 'rerankd_quarantined_models',
      help: 'Models that were taken back and are refused.',
      registers,
    }),
  };
}
