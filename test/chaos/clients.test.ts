import { it } from 'vitest';
import { leavers, neverRead, silent, slowLoris } from '../../scripts/chaos/clients/bad-clients.ts';
import { crowdsExperiment } from '../../scripts/chaos/clients/clients.ts';
import { expectAllMet } from './chaos-under-test.ts';

it('clients that behave well do not notice those that behave badly', async () => {
  const few = [neverRead, slowLoris, leavers, silent].map((kind) => ({
    ...kind,
    count: Math.min(40, kind.count),
  }));
  await expectAllMet(crowdsExperiment({ connections: 2, kinds: few, swapsMeanwhile: 1 }));
}, 90_000);
