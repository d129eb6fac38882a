import { middleOf } from '../../../scripts/measuring/statistics.ts';
import type { EnginePool } from '../../../src/engine/engine-pool.ts';
import type { RaggedTokens } from '../../../src/engine/protocol.ts';
import type { PairEncoder } from '../../../src/model/tokenizer/pair-encoder.ts';
import type { SizedRequest } from '../workload/request-file.ts';
import type { Scenario } from './scenario.ts';
import { measureSlice, PASSES, sliceMs } from './slices.ts';
import { startEngines } from './start-engines.ts';

const DOCUMENTS = 32;

const CONNECTIONS = 32;

/** What the server around the engines costs: HTTP, JSON, tokenization and queues. The two take short turns. */
export const engines: Scenario = {
  name: 'engines',
  about: 'end to end / the same engines on the same pairs, tokenized before, one pair a batch, no server',
  for: 'rerankd',
  async run(contender, { workload, seconds, signal, say }) {
    const file = await workload.requests('mixed', DOCUMENTS);
    const rows = await encodeRows(workload.encoder, workload.maxLength, file.requests);
    const pool = await startEngines(contender.setup, signal);
    try {
      await using server = await contender.start(signal);
      const load = { file, connections: CONNECTIONS };
      const alone: number[] = [];
      const endToEnd: number[] = [];
      for (let pass = 1; pass <= PASSES; pass++) {
        say(`pass ${pass} of ${PASSES}`);
        endToEnd.push(await measureSlice(server, load, sliceMs(seconds), signal));
        alone.push(await runRows(pool, rows, sliceMs(seconds), signal));
      }
      return [
        {
          variant: '',
          figures: {
            endToEndTokensPerSecond: middleOf(endToEnd).median,
            engineTokensPerSecond: middleOf(alone).median,
            endToEndShare: middleOf(endToEnd.map((rate, pass) => rate / (alone[pass] ?? Number.NaN))).median,
          },
        },
      ];
    } finally {
      await pool.close();
    }
  },
};

/** @returns tokens a second: as many batches are out as the engines take, two for each of them. */
async function runRows(
  pool: EnginePool,
  rows: readonly RaggedTokens[],
  ms: number,
  signal: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  let tokens = 0;
  const slot = async (): Promise<void> => {
    while (performance.now() - startedAt < ms) {
      signal.throwIfAborted();
      const row = rows[next++ % rows.length] as RaggedTokens;
      await pool.run(row);
      tokens += row.ids.length;
    }
  };
  await Promise.all(Array.from({ length: pool.freeSlots }, slot));
  return (tokens * 1000) / (performance.now() - startedAt);
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
