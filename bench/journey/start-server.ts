import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunningServer } from '../serve/contenders/contender.ts';
import { startServer } from '../serve/contenders/http-contender.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The server lets requests in flight end for 25 s by default. */
const END_TIMEOUT_MS = 30_000;

export interface ServerSetup {
  readonly model: string;
  readonly hub: string;
  /** For the hub cache, the state and the log. */
  readonly directory: string;
  /** Megabytes a second; none: as fast as they come. */
  readonly maxDownloadMbps: number | undefined;
}

/** Where the server keeps what it fetched. */
export function hubCacheOf(directory: string): string {
  return join(directory, 'hub');
}

/** A real server that knows one hub. Other RERANK_* variables of the caller reach it. */
export async function startRerankd(setup: ServerSetup, signal: AbortSignal): Promise<RunningServer> {
  const { directory } = setup;
  return await startServer(
    (port) => ({
      command: process.execPath,
      args: ['src/main.ts'],
      cwd: repository,
      env: { ...process.env, ...settingsOf(setup), PORT: String(port) },
      logFile: join(directory, 'server.log'),
      endTimeoutMs: END_TIMEOUT_MS,
    }),
    signal,
  );
}

function settingsOf({ model, hub, directory, maxDownloadMbps }: ServerSetup): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    RERANK_MODEL: model,
    RERANK_STATE_DIR: join(directory, 'state'),
    RERANK_DEVICE: 'cpu',
    HF_ENDPOINT: hub,
    // Large files come from another port.
    RERANK_HUB_ALLOW_PRIVATE: new URL(hub).hostname,
    HF_HUB_CACHE: hubCacheOf(directory),
    ...(maxDownloadMbps === undefined ? {} : { RERANK_MAX_DOWNLOAD_MBPS: String(maxDownloadMbps) }),
    // The same requests come again and again: remembering their scores would be no answer to the question.
    RERANK_SCORE_CACHE_BYTES: '0',
    // One model before and one after: what is measured is the way there, not the model that is kept at hand.
    RERANK_PROBATION_REQUESTS: '0',
    RERANK_API_KEY: '',
    RERANK_ADMIN_KEY: '',
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
  };
}
