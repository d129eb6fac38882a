import { it } from 'vitest';
import { diskExperiment } from '../../scripts/chaos/disk/disk.ts';
import { expectAllMet } from './chaos-under-test.ts';

it('a disk that is full or read-only, and a clock that jumps, keep no good model from serving', async () => {
  await expectAllMet(diskExperiment(['writing', 'clock']));
}, 90_000);
