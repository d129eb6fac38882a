import type { Proxies } from '../../transport/create-transport.ts';
import type { HostPolicy } from '../../transport/host-guard.ts';
import type { BandwidthLimits } from '../bandwidth.ts';
import type { BlobExpectation } from '../blob.ts';
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

/** A request for a blob, without what can't leave its thread. */
export interface PlainRequest {
  readonly name: string;
  readonly sources: readonly { readonly url: string; readonly name: string }[];
  readonly target: string;
  readonly partsDirectory: string;
  readonly expected: BlobExpectation;
}

/** To the thread. */
export type Order =
  | { readonly type: 'fetch'; readonly fetch: number; readonly request: PlainRequest }
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
  | { readonly type: 'done'; readonly fetch: number }
  | { readonly type: 'failed'; readonly fetch: number; readonly error: PlainError }
  | { readonly type: 'counts'; readonly counts: Counts }
  | { readonly type: 'retried'; readonly reason: string }
  | { readonly type: 'failed_over' }
  | {
      readonly type: 'reserve';
      readonly reservation: number;
      readonly directory: string;
      readonly bytes: number;
    }
  | { readonly type: 'release'; readonly reservation: number }
  /** A line of the log, as pino writes it. */
  | { readonly type: 'log'; readonly line: string };
