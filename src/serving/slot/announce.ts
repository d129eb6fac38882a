import type { Generation } from '../../model/generation.ts';
import type { Metrics } from '../../platform/metrics.ts';

/** Says in the metrics which model serves. */
export function announce(generation: Generation, metrics: Pick<Metrics, 'modelInfo'>): void {
  const { reference, digest, device, generation: number } = generation.identity;
  metrics.modelInfo.reset();
  metrics.modelInfo.set({ model: reference, digest, device, generation: String(number) }, 1);
}
