import { it } from 'vitest';
import { gpuExperiment } from '../../scripts/chaos/gpu/gpu.ts';
import { findStubCard } from '../support/stub-card/stub-card.ts';
import { expectAllMet } from './chaos-under-test.ts';

const { missing } = await findStubCard();

it.skipIf(missing)(
  `no request fails when a GPU runs out of memory and faults under load${missing ? ` (not here: ${missing})` : ''}`,
  async () => {
    await expectAllMet(gpuExperiment({ connections: 3, rounds: 1 }));
  },
  120_000,
);
