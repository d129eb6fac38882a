import { expect, it } from 'vitest';
import { killsExperiment } from '../../scripts/chaos/kills/kills.ts';
import { scenarios } from '../../scripts/chaos/kills/scenarios.ts';
import { expectAllMet } from './chaos-under-test.ts';

it('a server that is killed between two steps that write serves a good model after its next start', async () => {
  const findings = await expectAllMet(killsExperiment({ kills: 3, scenarios: scenarios.slice(0, 1) }));
  expect(findings.at(-1)?.figure).toMatch(/^[23] steps, 3 kills$/);
}, 90_000);
