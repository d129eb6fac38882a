import { expect, it } from 'vitest';
import { swapsExperiment } from '../../scripts/chaos/swaps/swaps.ts';
import { expectAllMet } from './chaos-under-test.ts';

it('no request fails, is lost or gets a mixed answer while models change in every way', async () => {
  const findings = await expectAllMet(swapsExperiment({ swaps: 8, connections: 3 }));
  expect(findings.filter(({ verdict }) => verdict === 'unsupported')).toEqual([]);
}, 60_000);
