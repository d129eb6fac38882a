import { childEnvironment } from '../../../src/child-environment.ts';
import { readConfig } from '../../../src/config.ts';
import { EnginePool } from '../../../src/engine/engine-pool.ts';
import type { Device } from '../../../src/engine/protocol.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { unwatched } from '../../../src/serving/phase.ts';
import { openWorkshop } from '../../../src/workshop.ts';
import { type RerankdSetup, settingsOf } from '../contenders/rerankd.ts';

/** Starts the engines that a server with this setup would have on the CPU, and nothing else. */
export async function startEngines(setup: RerankdSetup, signal: AbortSignal): Promise<EnginePool> {
  return await startEnginesWith(settingsOf(setup), 'cpu', signal);
}

/**
 * Starts the engines that a server with these settings would have, and nothing else.
 * @param settings as in the environment; they win over those of the caller
 * @param device the same as in the settings
 */
export async function startEnginesWith(
  settings: Readonly<Record<string, string>>,
  device: Device,
  signal: AbortSignal,
): Promise<EnginePool> {
  const config = readConfig({ ...process.env, ...settings });
  const logger = createLogger({ level: 'warn', format: 'text', destination: 2 });
  const { preparation, work } = await openWorkshop(config, {
    clock: systemClock,
    logger,
    metrics: createMetrics({ readyEngines: () => 0 }),
  });
  try {
    const staged = await preparation.stage({ reference: config.model }, unwatched(signal));
    const { graph, plan } = await preparation.compile(staged, unwatched(signal));
    return await EnginePool.start(
      {
        modelFile: graph.modelFile,
        optimization: graph.optimization,
        onlyDevice: graph.onlyDevice ?? false,
        name: 'engine',
        device,
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
  } finally {
    // Its files are in use by now; what it holds on to would keep the bench alive.
    await work.release();
  }
}
