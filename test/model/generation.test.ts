import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unwatched } from '../../src/serving/operation/phase.ts';
import { embeddedModels } from '../support/directories.ts';
import { until } from '../support/until.ts';
import { workshopOver } from '../support/workshop.ts';

const never = new AbortController().signal;

/** A model that serves nobody, with a tokenizer and an engine. */
async function loaded() {
  const workshop = await workshopOver(embeddedModels);
  const model = await workshop.compile('local://demo');
  const generation = await workshop.preparation.load({ ...model, wantedDtype: undefined }, unwatched(never));
  const [engine = 0] = generation.enginePids;
  const tokenizer = generation.pids.find((pid) => pid !== engine) ?? 0;
  return {
    generation,
    directory: model.directory,
    pids: { engine, tokenizer },
    async [Symbol.asyncDispose]() {
      await generation.close();
      await workshop[Symbol.asyncDispose]();
    },
  };
}

it.each(['engine', 'tokenizer'] as const)(
  'a warm-up ends when it is cancelled, though the %s hangs',
  async (hung) => {
    await using model = await loaded();
    const cancel = new AbortController();
    process.kill(model.pids[hung], 'SIGSTOP');
    const warm = model.generation.warm(cancel.signal);
    cancel.abort(new Error('cancelled'));
    await expect(warm).rejects.toThrow('cancelled');
  },
);

it('a tokenizer that does not come up again is an outage of the model, not of its device', async () => {
  await using model = await loaded();
  const { generation, directory, pids } = model;
  await rm(join(directory, 'tokenizer.json'));
  process.kill(pids.tokenizer, 'SIGKILL');
  const outage = await until('it is an outage', () => generation.outage);
  expect(outage).toMatch(/^the tokenizer does not come up again: /);
  expect(generation.deviceOutage).toBeUndefined();
  expect(generation.restarts).toBe(1);
  const scored = generation.score('a', ['b'], { maxLength: 16 }, never);
  await expect(scored).rejects.toMatchObject({ type: 'unavailable', message: outage, retryAfterSeconds: 5 });
  await expect(generation.warm(never)).rejects.toMatchObject({ type: 'unavailable' });
});
