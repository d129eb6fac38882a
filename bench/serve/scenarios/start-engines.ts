import { prepareEngines } from '../../../scripts/measuring/prepare-engines.ts';
import { readConfig } from '../../../src/config.ts';
import type { EnginePool } from '../../../src/engine/engine-pool.ts';
import type { Device } from '../../../src/engine/protocol.ts';
import { createLogger } from '../../../src/platform/logger.ts';
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
  await using engines = await prepareEngines({ config, reference: config.model, device, logger }, signal);
  return await engines.start();
}
