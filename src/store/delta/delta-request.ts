import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { RetryPolicy } from '../download/backoff.ts';
import type { Bandwidth } from '../download/bandwidth.ts';
import type { BlobRequest, BlobSource, DiskSpace, Downloader, DownloadMetrics } from '../download/blob.ts';
import type { Transport } from '../transport/transport.ts';

/** A file that has an earlier version here, and an index at the server. */
export interface DeltaRequest extends Omit<BlobRequest, 'sources' | 'expected'> {
  readonly source: BlobSource;
  /** Of the new file. */
  readonly index: URL;
  /** A local file that probably has chunks in common with it. It may be anything, and may change meanwhile. */
  readonly old: string;
  readonly expected: { readonly size: number; readonly sha256: string };
  /** What was told to `onBytes` of this file is void: it is fetched whole, from the start. */
  readonly onRestart: () => void;
}

export interface DeltaTools {
  readonly transport: Transport;
  /** For what has to come whole. */
  readonly downloader: Downloader;
  /** The limits that the downloader keeps too; none by default. */
  readonly bandwidth?: Bandwidth;
  readonly space: DiskSpace;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DeltaMetrics;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly retry?: RetryPolicy;
  /** Ranges of one file at a time; 4 by default. */
  readonly workers?: number;
}

export interface DeltaMetrics extends Pick<DownloadMetrics, 'storeBytes' | 'storeRetries'> {
  /** Bytes that a delta made needless to fetch; its index is taken off. */
  readonly storeDeltaSaved: { inc(bytes: number): void };
}

/** How the bytes are called that come from the old file, where others are called by their server. */
export const DELTA_SOURCE = 'delta';

/** Bytes that an earlier, interrupted attempt or another process has brought. */
export const RESUMED_SOURCE = 'resumed';
