import type { Experiment } from '../experiment.ts';
import { clockJumps } from './clock.ts';
import { DiskRig } from './disk-rig.ts';
import { fullAndReadOnly } from './full-and-read-only.ts';
import { stateFiles } from './state-files.ts';

/** A disk that is full, read-only or spoilt, and a clock that jumps. */
export const diskExperiment: Experiment = async (chaos) => {
  chaos.say('learning what is right');
  const rig = await DiskRig.build(chaos);
  return [...(await fullAndReadOnly(rig)), await stateFiles(rig), await clockJumps(rig)];
};
