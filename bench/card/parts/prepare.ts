import { prepareEngines } from '../../../scripts/measuring/prepare-engines.ts';
import { readConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { cardSettings } from '../card-server.ts';
import type { CardContext, CardModel } from './context.ts';

/** Compiles what the other parts serve, so that their time is not spent on it. Nothing is measured. */
export async function compileForCard(model: CardModel, context: CardContext): Promise<void> {
  context.say(`compiling ${model.size} for ${context.options.device}`);
  const config = readConfig({ ...process.env, ...cardSettings(model, context) });
  const logger = createLogger({ level: 'warn', format: 'text', destination: 2 });
  const wanted = { config, reference: config.model, device: context.options.device, logger };
  await using _ = await prepareEngines(wanted, context.signal);
}
