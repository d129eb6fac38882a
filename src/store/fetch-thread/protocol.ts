import type { DeltaOutcome } from '../delta/delta-fetcher.ts';
import type { DeltaRequest } from '../delta/delta-request.ts';
import type { BandwidthLimits } from '../download/bandwidth.ts';
import type { BlobRequest } from '../download/blob.ts';
import type { Proxies } from '../transport/create-transport.ts';
import type { HostPolicy } from '../transport/host-guard.ts';
import type { PlainError } from './plain-error.ts';

/** What the thread has to know, as plain data. */
export interface ThreadSettings extends HostPolicy {
  readonly proxies?: Proxies | undefined;
  readonly bandwidth: BandwidthLimits;
  /** Bearer tokens by the origin that they are for. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly workers: number;
  readonly logLevel: string;
}

interface PlainSource {
  readonly url: string;
  readonly name: string;
}

/** A request for a blob, without what can't leave its thread. */
export interface PlainBlob extends Omit<BlobRequest, 'sources' | 'onBytes' | 'signal'> {
  readonly sources: readonly PlainSource[];
}

/** The same for a delta. */
export interface PlainDelta
  extends Omit<DeltaRequest, 'source' | 'index' | 'onBytes' | 'onRestart' | 'signal'> {
  readonly source: PlainSource;
  readonly index: string;
}

/** To the thread. */
export type Order =
  | { readonly type: 'fetch'; readonly fetch: number; readonly blob: PlainBlob }
  | { readonly type: 'fetch_delta'; readonly fetch: number; readonly delta: PlainDelta }
  | { readonly type: 'abort'; readonly fetch: number }
  | { readonly type: 'reserved'; readonly reservation: number; readonly error?: PlainError | undefined };

/** What was counted since the last time. */
export interface Counts {
  /** New bytes of a fetch, by the name of the source. */
  readonly reached: readonly { readonly fetch: number; readonly source: string; readonly bytes: number }[];
  /** Bytes that came over the network, by the name of the source. */
  readonly came: readonly { readonly source: string; readonly bytes: number }[];
  /** Bytes of a reservation that are written. */
  readonly used: readonly { readonly reservation: number; readonly bytes: number }[];
}

/** From the thread. */
export type News =
  | { readonly type: 'done'; readonly fetch: number; readonly outcome: DeltaOutcome | undefined }
  | { readonly type: 'failed'; readonly fetch: number; readonly error: PlainError }
  /** What was counted of a delta is void. */
  | { readonly type: 'restarted'; readonly fetch: number }
  | { readonly type: 'counts'; readonly counts: Counts }
  | { readonly type: 'retried'; readonly reason: string }
  | { readonly type: 'failed_over' }
  | { readonly type: 'delta_saved'; readonly bytes: number }
  | {
      readonly type: 'reserve';
      readonly reservation: number;
      readonly directory: string;
      readonly bytes: number;
    }
  | { readonly type: 'release'; readonly reservation: number }
  /** A line of the log, as pino writes it. */
  | { readonly type: 'log'; readonly line: string };
