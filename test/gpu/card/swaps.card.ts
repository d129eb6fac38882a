import { expect, it } from 'vitest';
import { scratchDirectory } from '../../support/directories.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { swapUnderLoad } from '../swap-under-load.ts';
import { cardEnvironment, cardUsedBytes, device, sizes, synthesized } from './card-under-test.ts';

const SWAPS = 50;

/** Of what the card had in use before. */
const MOST_GROWTH = 1.02;

const DOCUMENTS = Array.from(
  { length: 20 },
  (_, index) => `${'a text about something or other '.repeat(1 + (index % 7))}${index}`,
);

it(`${SWAPS} swaps beside and hold lose no request, and the card's memory comes back`, {
  timeout: 1_800_000,
}, async () => {
  const [size = 'base'] = sizes;
  const { root, name: first } = await synthesized(size, 0);
  const { name: second } = await synthesized(size, 1);
  const models = [`local://${first}`, `local://${second}`] as const;
  await using scratch = await scratchDirectory();
  const server = ServerProcess.start(scratch.path, {
    ...cardEnvironment(),
    RERANK_DEVICE: device,
    RERANK_DTYPE: 'fp16',
    RERANK_ENGINES: '1',
    RERANK_MODELS_DIR: root,
    RERANK_MODEL: models[0],
  });
  const client = await server.ready();
  // One of each kind first: what the driver and the caches keep from then on is no loss.
  const once = await swapUnderLoad({ client, models, swaps: 2, clients: 8, documents: DOCUMENTS });
  expect(once.failures).toEqual([]);
  const before = await cardUsedBytes();
  const found = await swapUnderLoad({ client, models, swaps: SWAPS, clients: 8, documents: DOCUMENTS });
  console.log(`${found.requests} requests during ${SWAPS} swaps, ${found.failures.length} failed`);
  expect(found.failures).toEqual([]);
  expect(found.modes).toHaveLength(SWAPS);
  if (before === undefined) return;
  const after = await until('the card has its memory back', async () => {
    const used = await cardUsedBytes();
    return used !== undefined && used <= before * MOST_GROWTH ? used : undefined;
  });
  console.log(`memory of the card: ${before} bytes before, ${after} after`);
});
