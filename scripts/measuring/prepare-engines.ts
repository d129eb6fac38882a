import { childEnvironment } from '../../src/child-environment.ts';
import type { Config } from '../../src/config.ts';
import { EnginePool } from '../../src/engine/engine-pool.ts';
import type { Device } from '../../src/engine/protocol.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { unwatched } from '../../src/serving/operation/phase.ts';
import { openWorkshop } from '../../src/workshop.ts';

/** A compiled model, of which engines can be started. */
export interface PreparedEngines extends AsyncDisposable {
  /** Starts all of them at once, and nothing else. */
  start(): Promise<EnginePool>;
}

export interface EnginesWanted {
  /** Of the server that would serve the model. */
  readonly config: Config;
  readonly reference: string;
  /** The same as in the settings. */
  readonly device: Device;
  readonly logger: Logger;
}

/** Stages and compiles a model as a server would. Disposing lets go of its files, which engines that run have in use. */
export async function prepareEngines(
  { config, reference, device, logger }: EnginesWanted,
  signal: AbortSignal,
): Promise<PreparedEngines> {
  const { preparation, work } = await openWorkshop(config, {
    clock: systemClock,
    logger,
    metrics: createMetrics({ readyEngines: () => 0 }),
  });
  const release = async (): Promise<void> => {
    await work.release();
  };
  try {
    const staged = await preparation.stage({ reference }, unwatched(signal));
    const { graph, plan } = await preparation.compile(staged, unwatched(signal));
    const options = {
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
    };
    return {
      start: () => EnginePool.start(options, () => {}, signal),
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
