import { join } from 'node:path';
import { settingsOf } from '../serve/contenders/rerankd.ts';
import { startRerankd } from '../server/start-rerankd.ts';
import type { RunningServer } from '../server/start-server.ts';
import { cardDtype, cardState, forgetServed } from './card-state.ts';
import type { CardContext, CardModel } from './parts/context.ts';

const MOST_DOCUMENTS = 10_000;

/** Settings of a server for the card. A setting of the caller wins, so that one can be tried. */
export function cardSettings({ checkpoint }: CardModel, context: CardContext): Record<string, string> {
  const { options, directory } = context;
  return {
    ...settingsOf({
      dtype: 'fp32',
      checkpoint,
      stateDirectory: directory,
      logFile: '',
      mostDocuments: MOST_DOCUMENTS,
    }),
    ...cardState(directory, options.device),
    RERANK_DEVICE: options.device,
    RERANK_DTYPE: cardDtype(),
  };
}

/** The same model in single precision on the CPU. */
export function referenceSettings(
  { checkpoint }: CardModel,
  { directory }: CardContext,
): Record<string, string> {
  return {
    ...settingsOf({
      dtype: 'fp32',
      checkpoint,
      stateDirectory: join(directory, 'reference'),
      logFile: '',
      mostDocuments: MOST_DOCUMENTS,
    }),
    // One engine with all threads: a few hundred pairs shall not take the memory of one engine a core.
    RERANK_ENGINES: '1',
  };
}

/** Starts rerankd on the card and waits until it is ready. */
export async function startOnCard(model: CardModel, context: CardContext): Promise<RunningServer> {
  await forgetServed(context.directory, context.options.device);
  const logFile = join(context.directory, `rerankd-${model.size}.log`);
  return await startRerankd(cardSettings(model, context), logFile, context.signal);
}
