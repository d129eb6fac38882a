import { childEnvironment } from '../../../src/child-environment.ts';
import { readConfig } from '../../../src/config.ts';
import { EnginePool } from '../../../src/engine/engine-pool.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { unwatched } from '../../../src/serving/phase.ts';
import { openWorkshop } from '../../../src/workshop.ts';
import { type RerankdSetup, settingsOf } from '../contenders/rerankd.ts';

/** Starts the engines that a server with this setup would have, and nothing else. */
export async function startEngines(setup: RerankdSetup, signal: AbortSignal): Promise<EnginePool> {
  const config = readConfig({ ...process.env, ...settingsOf(setup) });
  const logger = createLogger({ level: 'warn', format: 'text', destination: 2 });
  const { preparation } = await openWorkshop(config, {
    clock: systemClock,
    logger,
    metrics: createMetrics({ readyEngines: () => 0 }),
  });
  const staged = await preparation.stage({ reference: config.model }, unwatched(signal));
  const { graph, plan } = await preparation.compile(staged, unwatched(signal));
  return await EnginePool.start(
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
}
