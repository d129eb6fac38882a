import type { EnginePool } from '../../../src/engine/engine-pool.ts';
import type { RaggedTokens } from '../../../src/engine/protocol.ts';
import { readMetric } from '../../serve/process/read-metric.ts';
import { measureClosedLoop } from '../../serve/scenarios/measure-closed-loop.ts';
import { startEnginesWith } from '../../serve/scenarios/start-engines.ts';
import type { RunningServer } from '../../server/start-server.ts';
import { encodeRows, sortedBatches } from '../batches.ts';
import { cardSettings, startOnCard } from '../card-server.ts';
import { readCardFacts } from '../machine/nvidia-smi.ts';
import { neededFlop, workOf } from '../model-flop.ts';
import type { Card } from '../options.ts';
import type { TorchTuning } from '../torch/torch-baseline.ts';
import { type CardContext, type CardModel, type Spread, spreadOver } from './context.ts';

export interface ThroughputFindings {
  readonly size: string;
  /** Of the set of requests. */
  readonly tokensPerDocument: number;
  readonly flopPerToken: number;
  /** End to end over HTTP. */
  readonly server: Rates;
  /** The same engines without a server, on batches that were tokenized and sorted before. */
  readonly engine: Rates | undefined;
  readonly torch: (Rates & { readonly tuning: TorchTuning }) | undefined;
  /** Tokens a second of each by those of PyTorch in the same round. */
  readonly serverByTorch: Spread | undefined;
  readonly engineByTorch: Spread | undefined;
  /** Tokens of a batch that the server ran, on average. */
  readonly tokensPerBatch: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly failed: number;
  /** Of the server, right after its last round: the clocks under load. */
  readonly cardUnderLoad: Readonly<Record<string, string>> | undefined;
  readonly faults: readonly string[];
}

export interface Rates {
  readonly documentsPerSecond: Spread;
  readonly tokensPerSecond: Spread;
  /** TFLOP/s that the answers need. */
  readonly teraflops: Spread;
  /** Share of the card's rate of matrix products; NaN where that is unknown. */
  readonly shareOfMatmul: Spread;
}

interface Round {
  readonly documentsPerSecond: number;
  readonly tokensPerSecond: number;
}

const DOCUMENTS = 32;

/** Tokens of a batch, padding included, that the baseline tries. */
const BUDGETS = [8_192, 16_384, 32_768, 65_536, 131_072];
const TINY_BUDGETS = [2_048, 8_192];

/** Of the engine alone. */
const ENGINE_BUDGET = 32_768;

/**
 * The full load: the server, its engines alone and PyTorch, in turns.
 * @param keep gets after each turn what is known so far: the time may be over before the last
 */
export async function measureThroughput(
  model: CardModel,
  matmulTeraflops: number,
  context: CardContext,
  keep: (found: ThroughputFindings) => Promise<void>,
): Promise<void> {
  const { options, torch, signal, say } = context;
  const { workload, shape } = model;
  const file = await workload.requests('mixed', DOCUMENTS);
  const rows = await encodeRows(workload.encoder, workload.maxLength, file.requests);
  const work = workOf(rows.map(({ ids }) => ids.length));
  const flopPerToken = neededFlop(shape, work) / work.tokens;
  const faults: string[] = [];

  let tuning: TorchTuning | undefined;
  if (torch !== undefined) {
    say(`throughput, ${model.size}: PyTorch chooses its batches`);
    try {
      await torch.load(model.checkpoint, file.path, workload.maxLength);
      tuning = await torch.tune(options.isDryRun ? TINY_BUDGETS : BUDGETS);
    } catch (error) {
      signal.throwIfAborted();
      faults.push((error as Error).message);
    }
  }
  say(`throughput, ${model.size}: starting`);
  await using server = await startOnCard(model, context);
  const batches = sortedBatches(rows, ENGINE_BUDGET);
  const pool = await startEnginesWith(cardSettings(model, context), options.device, signal).catch(
    (error: Error) => {
      faults.push(`engine alone: ${error.message}`);
      return undefined;
    },
  );
  try {
    await takeTurns();
  } finally {
    await pool?.close();
  }

  async function takeTurns(): Promise<void> {
    const [ofServer, ofEngine, ofTorch]: [Round[], Round[], Round[]] = [[], [], []];
    const latencies: { p50: number; p99: number }[] = [];
    let failed = 0;
    let cardUnderLoad: Readonly<Record<string, string>> | undefined;
    const turns = {
      server: async () => {
        const watch = options.isDryRun ? undefined : watchCard(options.device, options.seconds * 1000);
        const { figures, report } = await measureClosedLoop(
          server,
          { file, connections: options.connections, seconds: options.seconds },
          signal,
        );
        cardUnderLoad = (await watch) ?? cardUnderLoad;
        failed += report.failed;
        if (report.example !== undefined) faults.push(`server: ${report.example}`);
        latencies.push({ p50: figures.p50Ms ?? Number.NaN, p99: figures.p99Ms ?? Number.NaN });
        ofServer.push(roundOf(report));
      },
      engine: async () => {
        if (pool !== undefined) ofEngine.push(await runBatches(pool, batches, options.seconds, signal));
      },
      torch: async () => {
        if (torch !== undefined && tuning !== undefined) {
          ofTorch.push(roundOf(await torch.round(options.seconds)));
        }
      },
    };
    const order = ['server', 'torch', 'engine'] as const;
    for (let round = 0; round < options.rounds; round++) {
      say(`throughput, ${model.size}: round ${round + 1} of ${options.rounds}`);
      for (let turn = 0; turn < order.length; turn++) {
        await turns[order[(turn + round) % order.length] as (typeof order)[number]]();
        await keep(await soFar());
      }
    }

    async function soFar(): Promise<ThroughputFindings> {
      const rates = (rounds: readonly Round[]): Rates => ratesOf(rounds, flopPerToken, matmulTeraflops);
      return {
        size: model.size,
        tokensPerDocument: work.tokens / work.pairs,
        flopPerToken,
        server: rates(ofServer),
        engine: ofEngine.length === 0 ? undefined : rates(ofEngine),
        torch: tuning === undefined ? undefined : { ...rates(ofTorch), tuning },
        serverByTorch: ratiosOf(ofServer, ofTorch),
        engineByTorch: ratiosOf(ofEngine, ofTorch),
        tokensPerBatch: await meanBatch(server),
        latencyMs: {
          p50: spreadOver(latencies.map(({ p50 }) => p50)).median,
          p99: spreadOver(latencies.map(({ p99 }) => p99)).median,
        },
        failed,
        cardUnderLoad,
        faults: [...new Set(faults)],
      };
    }
  }
}

/** Looks at the card when the load has lasted for a while. */
async function watchCard(device: Card, ms: number): Promise<Readonly<Record<string, string>> | undefined> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
  return await readCardFacts(device);
}

function roundOf({
  seconds,
  documents,
  tokens,
}: {
  readonly seconds: number;
  readonly documents: number;
  readonly tokens: number;
}): Round {
  return { documentsPerSecond: documents / seconds, tokensPerSecond: tokens / seconds };
}

function ratesOf(rounds: readonly Round[], flopPerToken: number, matmulTeraflops: number): Rates {
  const teraflops = rounds.map(({ tokensPerSecond }) => (tokensPerSecond * flopPerToken) / 1e12);
  return {
    documentsPerSecond: spreadOver(rounds.map(({ documentsPerSecond }) => documentsPerSecond)),
    tokensPerSecond: spreadOver(rounds.map(({ tokensPerSecond }) => tokensPerSecond)),
    teraflops: spreadOver(teraflops),
    shareOfMatmul: spreadOver(teraflops.map((rate) => rate / matmulTeraflops)),
  };
}

function ratiosOf(ours: readonly Round[], theirs: readonly Round[]): Spread | undefined {
  // In a round that is not over, only one of them may have had its turn.
  const ratios = ours.flatMap(({ tokensPerSecond }, index) => {
    const other = theirs[index];
    return other === undefined ? [] : [tokensPerSecond / other.tokensPerSecond];
  });
  return ratios.length === 0 ? undefined : spreadOver(ratios);
}

/** Whole passes over the batches, with as many out as the engines take. */
async function runBatches(
  pool: EnginePool,
  batches: readonly RaggedTokens[],
  seconds: number,
  signal: AbortSignal,
): Promise<Round> {
  const startedAt = performance.now();
  let [documents, tokens] = [0, 0];
  do {
    let next = 0;
    const slot = async (): Promise<void> => {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
        signal.throwIfAborted();
        await pool.run(batch);
        documents += batch.lengths.length;
        tokens += batch.ids.length;
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, pool.freeSlots) }, slot));
  } while (performance.now() - startedAt < seconds * 1000);
  return roundOf({ seconds: (performance.now() - startedAt) / 1000, documents, tokens });
}

async function meanBatch({ url }: RunningServer): Promise<number> {
  const [sum, count] = await Promise.all(
    ['sum', 'count'].map((part) => readMetric(url, `rerankd_batch_tokens_${part}`)),
  );
  return (sum ?? Number.NaN) / (count ?? Number.NaN);
}
