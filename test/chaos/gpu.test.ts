import { it } from 'vitest';
import { gpuExperiment } from '../../scripts/chaos/gpu/gpu.ts';
import { noStubCard } from '../support/card-faults.ts';
import { expectAllMet } from './chaos-under-test.ts';

it.skipIf(noStubCard !== undefined)(
  'no request fails when a GPU runs out of memory and faults under load',
  async () => {
    await expectAllMet(gpuExperiment({ connections: 3, rounds: 1 }));
  },
  120_000,
);
