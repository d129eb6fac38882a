import { describe, expect, it } from 'vitest';
import { DOCUMENTS, QUERY } from '../support/capitals.ts';
import type { Client } from '../support/client.ts';
import { startOnCard } from '../support/service-on-card.ts';
import { SkippingClock } from '../support/skipping-clock.ts';
import { findStubCard } from '../support/stub-card/stub-card.ts';

const { library = '', missing } = await findStubCard();

const MIB = 2 ** 20;
const MINUTE = 60_000;

/** Batches of this many tokens take 31 MiB with the tiny model of the tests. */
const LARGEST = 65_536;
const settings = { RERANK_MAX_BATCH_TOKENS: String(LARGEST) };

const COUNT = 400;
const documents = Array.from({ length: COUNT }, (_, index) => `${DOCUMENTS.join(' ')} Number ${index}.`);

async function expectAnswered(client: Client): Promise<void> {
  const { status, body } = await client.post('/rerank', { query: QUERY, documents });
  expect(status, JSON.stringify(body)).toBe(200);
}

describe.skipIf(missing)(
  `a card without the memory for the largest batch${missing ? ` (not here: ${missing})` : ''}`,
  { timeout: 60_000 },
  () => {
    it('serves smaller ones from the start, so that no live batch has to be split', async () => {
      await using server = await startOnCard(library, settings, { bytes: 12 * MIB });
      const { client, log } = server;
      const budget = await client.metric('rerankd_batch_budget_tokens');
      expect(budget).toBeLessThan(LARGEST);
      expect(log.find(/did not fit into the memory of the device/)).toBe(
        `a batch of ${2 * budget} tokens did not fit into the memory of the device: batches have ${budget} tokens from now on`,
      );
      await expectAnswered(client);
      expect(await client.metric('rerankd_batch_splits_total')).toBe(0);
      expect(await client.metric('rerankd_engine_restarts_total')).toBe(0);
    });

    it('tries larger ones later, and splits them without an error', async () => {
      const clock = new SkippingClock();
      await using server = await startOnCard(library, settings, { bytes: 2 * MIB, overrides: { clock } });
      const { client } = server;
      const before = await client.metric('rerankd_batch_budget_tokens');
      for (let minute = 0; minute < 8; minute++) {
        clock.skip(MINUTE);
        await expectAnswered(client);
      }
      expect(await client.metric('rerankd_batch_splits_total')).toBeGreaterThan(0);
      expect(await client.metric('rerankd_batch_budget_tokens')).toBeLessThan(4 * before);
      expect(await client.metric('rerankd_engine_restarts_total')).toBe(0);
    });

    it('refuses a model of which not even the weights fit, and says why', async () => {
      await expect(startOnCard(library, settings, { bytes: MIB / 16 })).rejects.toMatchObject({
        message: expect.stringContaining('the model does not fit into the memory'),
      });
    });

    it('is given to one model after the other', async () => {
      await using server = await startOnCard(library, settings, { bytes: 12 * MIB });
      const { client } = server;
      const load = expectAnswered(client);
      const { operation } = await client.update('local://xlm-roberta-gelu-new');
      await load;
      expect(operation).toMatchObject({ mode: { chosen: 'hold' } });
      expect((await client.info()).current).toMatchObject({ model: 'local://xlm-roberta-gelu-new' });
      expect(await client.metric('rerankd_batch_budget_tokens')).toBeLessThan(LARGEST);
      await expectAnswered(client);
    });
  },
);
