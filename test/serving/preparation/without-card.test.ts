import { expect, it } from 'vitest';
import { goldenRoot } from '../../support/golden.ts';
import { workshopOver } from '../../support/workshop.ts';

it('does not ask for the memory of a card where models run on the CPU', async () => {
  // To choose between forms, a model is loaded while it is prepared.
  await using workshop = await workshopOver(goldenRoot, { RERANK_DEVICE: 'auto', RERANK_DTYPE: 'auto' });
  await workshop.compile('local://xlm-roberta');
  const { device } = await workshop.device.runtime();
  if (device === 'cpu') expect(workshop.log.find(/GPU memory/)).toBeUndefined();
});
