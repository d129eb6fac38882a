import type { EnginePool } from '../../../src/engine/engine-pool.ts';
import type { RaggedTokens } from '../../../src/engine/protocol.ts';
import type { PairEncoder } from '../../../src/model/tokenizer/pair-encoder.ts';
import type { SizedRequest } from '../work/request-file.ts';
import { measureClosedLoop } from './measure-closed-loop.ts';
import type { Scenario } from './scenario.ts';
import { startEngines } from './start-engines.ts';

const DOCUMENTS = 32;

const CONNECTIONS = 32;

const WARM_UP_SECONDS = 2;

/** What the server around the engines costs: HTTP, JSON, tokenization and queues. */
export const engines: Scenario = {
  name: 'engines',
  about: 'end to end / the same engines on the same pairs, tokenized before, one pair a batch, no server',
  for: 'rerankd',
  async run(contender, { workload, seconds, signal, say }) {
    const file = await workload.requests('mixed', DOCUMENTS);
    const endToEnd = await measureServer();
    say('engines alone');
    const rows = await encodeRows(workload.encoder, workload.maxLength, file.requests);
    const pool = await startEngines(contender.setup, signal);
    try {
      await runRows(pool, rows, Math.min(WARM_UP_SECONDS, seconds), signal);
      const alone = await runRows(pool, rows, seconds, signal);
      return [
        {
          variant: '',
          figures: {
            endToEndDocumentsPerSecond: endToEnd,
            engineDocumentsPerSecond: alone,
            endToEndShare: endToEnd / alone,
          },
        },
      ];
    } finally {
      await pool.close();
    }

    async function measureServer(): Promise<number> {
      await using server = await contender.start(signal);
      const load = { file, seconds, connections: CONNECTIONS };
      const { figures } = await measureClosedLoop(server, load, signal);
      return figures.documentsPerSecond ?? Number.NaN;
    }
  },
};

/** @returns pairs a second: as many batches are out as the engines take, two for each of them. */
async function runRows(
  pool: EnginePool,
  rows: readonly RaggedTokens[],
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  let next = 0;
  let done = 0;
  const slot = async (): Promise<void> => {
    while (performance.now() < endAt) {
      signal.throwIfAborted();
      await pool.run(rows[next++ % rows.length] as RaggedTokens);
      done++;
    }
  };
  await Promise.all(Array.from({ length: pool.freeSlots }, slot));
  return done / ((performance.now() - startedAt) / 1000);
}

async function encodeRows(
  encoder: PairEncoder,
  maxLength: number,
  requests: readonly SizedRequest[],
): Promise<RaggedTokens[]> {
  const rows: RaggedTokens[] = [];
  for (const { query, documents } of requests) {
    const { lengths, ids, typeIds } = await encoder.encode(query, documents, maxLength);
    let at = 0;
    for (const length of lengths) {
      const end = at + length;
      rows.push({
        lengths: Uint32Array.of(length),
        ids: ids.slice(at, end),
        typeIds: typeIds.slice(at, end),
      });
      at = end;
    }
  }
  return rows;
}
