import { readConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { prepareEngines } from '../../measuring/prepare-engines.ts';
import { median } from '../../measuring/statistics.ts';

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
  await using engines = await prepareEngines({ config, reference, device: 'cpu', logger }, signal);
  const times: number[] = [];
  while (times.length < STARTS) {
    const startedAt = performance.now();
    const pool = await engines.start();
    times.push(performance.now() - startedAt);
    await pool.close();
  }
  return median(times);
}
