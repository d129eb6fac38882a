import { childEnvironment } from '../../../src/child-environment.ts';
import { readConfig } from '../../../src/config.ts';
import { EnginePool } from '../../../src/engine/engine-pool.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { unwatched } from '../../../src/serving/phase.ts';
import { openWorkshop } from '../../../src/workshop.ts';

/** Times of which the middle one counts. */
const STARTS = 3;

/**
 * Milliseconds that it takes to start the engines of a compiled model, and nothing else.
 * @param environment settings of the server that would serve it, with its state directory
 */
export async function bareStartMs(
  environment: Readonly<Record<string, string>>,
  reference: string,
  signal: AbortSignal,
): Promise<number> {
  const config = readConfig(environment);
  const logger = createLogger({ level: 'silent', format: 'json' });
  const { preparation } = await openWorkshop(config, {
    clock: systemClock,
    logger,
    metrics: createMetrics({ readyEngines: () => 0 }),
  });
  const staged = await preparation.stage({ reference }, unwatched(signal));
  const { graph, plan } = await preparation.compile(staged, unwatched(signal));
  const times: number[] = [];
  while (times.length < STARTS) {
    const startedAt = performance.now();
    const pool = await EnginePool.start(
      {
        modelFile: graph.modelFile,
        optimization: graph.optimization,
        name: 'engine',
        device: 'cpu',
        threads: plan.threads,
        size: plan.engines,
        together: true,
        env: childEnvironment(process.env),
        loadTimeoutMs: config.loadTimeoutMs,
        runTimeoutMs: config.engineTimeoutMs,
        onRestart: () => {},
        clock: systemClock,
        logger,
      },
      () => {},
      signal,
    );
    times.push(performance.now() - startedAt);
    await pool.close();
  }
  return times.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
}
