import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Client } from '../support/client.ts';
import { scratchDirectory } from '../support/directories.ts';
import { goldenRoot } from '../support/golden.ts';
import { ServerProcess } from '../support/server-process.ts';
import { CUDA_ERRORS, findStubCard, StubCard, type StubCardOptions } from '../support/stub-card/stub-card.ts';
import { until } from '../support/until.ts';
import { swapUnderLoad } from './swap-under-load.ts';

const { library = '', missing } = await findStubCard();

const QUERY = 'what is it?';
const DOCUMENTS = [
  'a cat',
  'a dog that barks',
  'it rains',
  'a long document about nothing at all, told twice',
];
const GIB = 2 ** 30;

async function startOn(
  card: StubCard,
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ server: ServerProcess; client: Client }> {
  const server = ServerProcess.start(directory, {
    RERANK_DEVICE: 'cuda',
    RERANK_ENGINES: '1',
    RERANK_DTYPE: 'fp16',
    RERANK_MODELS_DIR: goldenRoot,
    RERANK_MODEL: 'local://xlm-roberta',
    ...card.env,
    ...settings,
  });
  return { server, client: await server.ready() };
}

async function usedBytes(card: StubCard): Promise<number> {
  return [...(await card.memory()).values()].reduce((sum, { used }) => sum + used, 0);
}

describe.skipIf(missing)(`a server on the stub card${missing ? ` (not here: ${missing})` : ''}`, () => {
  const makeCard = (options?: StubCardOptions): Promise<StubCard> => StubCard.make(library, options);

  it('gives a pair the same score in every batch', async () => {
    await using scratch = await scratchDirectory();
    const { client } = await startOn(await makeCard(), scratch.path);
    const together = await client.logits(QUERY, DOCUMENTS);
    expect(new Set(together).size).toBe(DOCUMENTS.length);
    for (const [index, document] of DOCUMENTS.entries()) {
      expect(await client.logits(QUERY, [document])).toEqual([together[index]]);
    }
  });

  it('swaps beside and hold under load, and its memory comes back', { timeout: 120_000 }, async () => {
    await using scratch = await scratchDirectory();
    const card = await makeCard({ bytes: GIB });
    const { client } = await startOn(card, scratch.path);
    const models = ['local://xlm-roberta', 'local://xlm-roberta-bf16'] as const;
    await client.logits(QUERY, DOCUMENTS);
    const before = await usedBytes(card);
    expect(before).toBeGreaterThan(0);
    const found = await swapUnderLoad({ client, models, swaps: 6, clients: 4, documents: DOCUMENTS });
    expect(found.failures).toEqual([]);
    expect(found.modes).toEqual(['beside', 'hold', 'beside', 'hold', 'beside', 'hold']);
    expect(found.requests).toBeGreaterThan(10);
    await until('only the new engine is on the card', async () => (await card.memory()).size === 1);
    expect(await usedBytes(card)).toBeLessThanOrEqual(before * 1.02);
  });

  it.each(['launchFailure', 'illegalAddress', 'uncorrectableEcc'] as const)(
    'answers the request over which a device fails with %s',
    async (name) => {
      await using scratch = await scratchDirectory();
      const card = await makeCard();
      const { client } = await startOn(card, scratch.path);
      const healthy = await client.logits(QUERY, DOCUMENTS);
      await card.breakDown('launch', CUDA_ERRORS[name], true);
      expect(await client.logits(QUERY, DOCUMENTS)).toEqual(healthy);
      expect(await client.logits(QUERY, DOCUMENTS)).toEqual(healthy);
    },
  );

  it('gets no memory that another process has', async () => {
    await using scratch = await scratchDirectory();
    const card = await makeCard({ bytes: GIB });
    await writeFile(join(card.env['CUDA_STUB_USE'] as string, String(process.pid)), `${GIB} ${GIB}\n`);
    await expect(startOn(card, scratch.path)).rejects.toThrow(/allocate memory|out of memory/);
  });

  it('says so when there is no card', async () => {
    await using scratch = await scratchDirectory();
    const card = await makeCard();
    await card.breakDown('device', CUDA_ERRORS.noDevice);
    await expect(startOn(card, scratch.path)).rejects.toThrow(/no CUDA-capable device|CUDA failure 100/);
  });
});
