import { createDeltaFetcher, type DeltaFetcher } from '../delta/delta-fetcher.ts';
import type { DeltaTools } from '../delta/delta-request.ts';
import { Bandwidth, type BandwidthLimits } from '../download/bandwidth.ts';
import type { Downloader, DownloadMetrics } from '../download/blob.ts';
import { createDownloader } from '../download/downloader.ts';

/** The two ways in which a file comes. */
export interface Fetchers {
  readonly downloader: Downloader;
  readonly delta: DeltaFetcher;
}

export interface FetchersOptions extends Omit<DeltaTools, 'downloader' | 'bandwidth'> {
  /** Of all that comes, either way. */
  readonly limits: BandwidthLimits;
  readonly metrics: DeltaTools['metrics'] & DownloadMetrics;
}

/** Both ways keep to the same limits together: files of one model come by either at the same time. */
export function createFetchers({ limits, ...tools }: FetchersOptions): Fetchers {
  const bandwidth = new Bandwidth(limits, tools.clock);
  const downloader = createDownloader({ ...tools, bandwidth });
  return { downloader, delta: createDeltaFetcher({ ...tools, bandwidth, downloader }) };
}
