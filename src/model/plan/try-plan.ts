import { noMetrics } from '../../batching/batch-metrics.ts';
import { Flow } from '../../batching/flow.ts';
import { Scheduler } from '../../batching/scheduler.ts';
import { countRestarts } from '../../engine/count-restarts.ts';
import { EnginePool } from '../../engine/engine-pool.ts';
import type { RaggedTokens } from '../../engine/protocol.ts';
import { checkSignature } from '../../engine/signature.ts';
import type { GenerationSettings } from '../generation-settings.ts';
import type { ServableGraph } from '../servable-graph.ts';
import type { EnginePlan } from './engine-plan.ts';

/** At least this long is measured, unless the first look took that long already. */
const MEASURED_MS = 250;

/** Whatever the machine can do: more rounds than this are not needed to measure it. */
const MOST_ROUNDS = 4_000;

/**
 * Loads a model as a plan wants it and keeps all of its engines busy for a moment with each batch size.
 * @param rows gives so many rounds of rows
 * @returns tokens a second for each
 */
export async function tryPlan(
  graph: ServableGraph,
  plan: EnginePlan,
  batchTokens: readonly number[],
  rows: (rounds: number) => RaggedTokens,
  settings: GenerationSettings,
  signal: AbortSignal,
): Promise<number[]> {
  const { clock, logger, metrics } = settings;
  const engines = await EnginePool.start(
    {
      ...graph,
      name: 'calibration.engine',
      env: settings.childEnv,
      clock,
      logger,
      device: settings.device,
      threads: plan.threads,
      size: plan.engines,
      together: true,
      loadTimeoutMs: settings.loadTimeoutMs,
      runTimeoutMs: settings.engineTimeoutMs,
      ...countRestarts(metrics),
    },
    checkSignature,
    signal,
  );
  try {
    await engines.runOnEach(firstOf(rows(1)), signal);
    const rates: number[] = [];
    for (const maxBatchTokens of batchTokens) {
      /** @returns milliseconds */
      const run = async (tokens: RaggedTokens): Promise<number> => {
        const scheduler = new Scheduler({ engines, maxBatchTokens, clock, metrics: noMetrics });
        const startedAt = clock.now();
        await scheduler.submit(tokens, new Flow(), signal);
        return Math.max(1, clock.now() - startedAt);
      };
      // Enough rows that the engines end at about the same time.
      const few = rows(Math.ceil(plan.engines / 2));
      const firstMs = await run(few);
      if (firstMs > MEASURED_MS) {
        rates.push((few.ids.length / firstMs) * 1000);
        continue;
      }
      const many = rows(Math.min(MOST_ROUNDS, Math.ceil((plan.engines * MEASURED_MS) / firstMs)));
      rates.push((many.ids.length / (await run(many))) * 1000);
    }
    return rates;
  } finally {
    await engines.close();
  }
}

/** First runs are slow, even on one row. */
function firstOf({ lengths, ids, typeIds }: RaggedTokens): RaggedTokens {
  const [length = 0] = lengths;
  return { lengths: lengths.slice(0, 1), ids: ids.slice(0, length), typeIds: typeIds.slice(0, length) };
}
