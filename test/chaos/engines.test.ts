import { it } from 'vitest';
import { enginesExperiment } from '../../scripts/chaos/engines/engines.ts';
import { expectAllMet } from './chaos-under-test.ts';

it('no request fails when engines and tokenizers are killed while a model is warmed up', async () => {
  await expectAllMet(enginesExperiment({ connections: 2, phases: ['load'] }));
}, 90_000);
