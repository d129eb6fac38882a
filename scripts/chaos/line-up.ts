import { candidatesExperiment } from './candidates/candidates.ts';
import { clientsExperiment } from './clients/clients.ts';
import { diskExperiment } from './disk/disk.ts';
import { enginesExperiment } from './engines/engines.ts';
import type { Experiment } from './experiment.ts';
import type { ExperimentName } from './experiment-names.ts';
import { gpuExperiment } from './gpu/gpu.ts';
import { holdExperiment } from './hold/hold.ts';
import { killsExperiment } from './kills/kills.ts';
import type { ChaosOptions } from './options.ts';
import { swapsExperiment } from './swaps/swaps.ts';

/** An experiment with its share of the time. */
export interface Scheduled {
  readonly name: ExperimentName;
  readonly weight: number;
  readonly run: Experiment;
}

/** The experiments that were asked for, in their order. */
export function lineUp(options: ChaosOptions): Scheduled[] {
  const all: readonly Scheduled[] = [
    { name: 'swaps', weight: 25, run: swapsExperiment(options) },
    { name: 'kills', weight: 15, run: killsExperiment(options) },
    { name: 'engines', weight: 6, run: enginesExperiment(options) },
    { name: 'candidates', weight: 8, run: candidatesExperiment(options) },
    { name: 'disk', weight: 5, run: diskExperiment() },
    { name: 'clients', weight: 6, run: clientsExperiment(options) },
    { name: 'hold', weight: 8, run: holdExperiment({ size: 'base' }) },
    { name: 'gpu', weight: 5, run: gpuExperiment({ ...options, rounds: 10 }) },
  ];
  return all.filter(({ name }) => options.only.includes(name));
}
