import { join } from 'node:path';
import { benchSettings } from '../server/bench-settings.ts';
import { startRerankd } from '../server/start-rerankd.ts';
import type { RunningServer } from '../server/start-server.ts';

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

/** A real server that knows one hub. */
export async function startWithHub(setup: ServerSetup, signal: AbortSignal): Promise<RunningServer> {
  return await startRerankd(settingsOf(setup), join(setup.directory, 'server.log'), signal);
}

function settingsOf({ model, hub, directory, maxDownloadMbps }: ServerSetup): Record<string, string> {
  return {
    ...benchSettings,
    RERANK_MODEL: model,
    RERANK_STATE_DIR: join(directory, 'state'),
    RERANK_DEVICE: 'cpu',
    HF_ENDPOINT: hub,
    // Large files come from another port.
    RERANK_HUB_ALLOW_PRIVATE: new URL(hub).hostname,
    HF_HUB_CACHE: hubCacheOf(directory),
    ...(maxDownloadMbps === undefined ? {} : { RERANK_MAX_DOWNLOAD_MBPS: String(maxDownloadMbps) }),
    // One model before and one after: what is measured is the way there, not the model that is kept at hand.
    RERANK_PROBATION_REQUESTS: '0',
    LOG_LEVEL: 'info',
  };
}
