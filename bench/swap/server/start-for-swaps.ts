import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardState, forgetServed } from '../../card/card-state.ts';
import { benchSettings } from '../../server/bench-settings.ts';
import { startRerankd } from '../../server/start-rerankd.ts';
import type { RunningServer } from '../../server/start-server.ts';

export interface ServerSettings {
  readonly model: string;
  readonly device: string;
  /** The directory of the models, where they are not the embedded ones. */
  readonly modelsDirectory: string | undefined;
  /** RERANK_DTYPE; undefined leaves it to the server. */
  readonly dtype: string | undefined;
  /** Where what is compiled is kept for the next run; else it is deleted with the server. */
  readonly work: string | undefined;
}

/**
 * Starts a server with a state directory of its own. Disposing it leaves nothing behind.
 * @throws the signal's reason, or an Error with the end of the server's log.
 */
export async function startForSwaps(settings: ServerSettings, signal: AbortSignal): Promise<RunningServer> {
  const { work, device } = settings;
  if (work !== undefined) await forgetServed(work, device);
  const directory = await mkdtemp(join(tmpdir(), 'rerankd-bench-'));
  const clear = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const server = await startRerankd(
      environment(settings, directory),
      join(directory, 'server.log'),
      signal,
    );
    return {
      url: server.url,
      pid: server.pid,
      ended: server.ended,
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

function environment(settings: ServerSettings, directory: string): Record<string, string> {
  const { model, device, modelsDirectory, dtype, work } = settings;
  return {
    ...benchSettings,
    ...(modelsDirectory !== undefined && { RERANK_MODELS_DIR: modelsDirectory }),
    RERANK_MODEL: model,
    RERANK_DEVICE: device,
    ...(dtype !== undefined && { RERANK_DTYPE: dtype }),
    RERANK_STATE_DIR: join(directory, 'state'),
    ...(work !== undefined && cardState(work, device)),
    // One model before and one after: what is measured is a swap, not the model that is kept at hand.
    RERANK_PROBATION_REQUESTS: '0',
  };
}
