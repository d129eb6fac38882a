import type { Experiment } from '../experiment.ts';
import type { Finding } from '../finding.ts';
import { clockJumps } from './clock.ts';
import { DiskRig } from './disk-rig.ts';
import { fullAndReadOnly } from './full-and-read-only.ts';
import { stateFiles } from './state-files.ts';

/** Parts of the experiment. */
const diskParts = {
  writing: fullAndReadOnly,
  'state files': async (rig) => [await stateFiles(rig)],
  clock: async (rig) => [await clockJumps(rig)],
} satisfies Record<string, (rig: DiskRig) => Promise<Finding[]>>;

type DiskPart = keyof typeof diskParts;

/** A disk that is full, read-only or spoilt, and a clock that jumps. @param parts all there are, when left out */
export function diskExperiment(parts = Object.keys(diskParts) as readonly DiskPart[]): Experiment {
  return async (chaos) => {
    chaos.say('learning what is right');
    const rig = await DiskRig.build(chaos);
    const findings: Finding[] = [];
    for (const part of parts) findings.push(...(await diskParts[part](rig)));
    return findings;
  };
}
