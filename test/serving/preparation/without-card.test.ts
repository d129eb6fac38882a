import { expect, it } from 'vitest';
import { embeddedModels } from '../../support/directories.ts';
import { workshopOver } from '../../support/workshop.ts';

it('does not ask for the memory of a card where models run on the CPU', async () => {
  // Where it is to be found out which plan of engines is best, a model is loaded while it is prepared.
  const settings = { RERANK_DEVICE: 'auto', RERANK_ENGINES: 'auto', RERANK_THREADS: 'auto' };
  await using workshop = await workshopOver(embeddedModels, settings);
  await workshop.compile('local://demo');
  const { device } = await workshop.device.runtime();
  if (device === 'cpu') expect(workshop.log.find(/GPU memory/)).toBeUndefined();
});
