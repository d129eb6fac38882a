import { join } from 'node:path';
import { hubFileRules } from '../../../src/model/hub-file-rules.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { DEFAULT_RETRY } from '../../../src/store/download/backoff.ts';
import type { BlobRequest, Downloader } from '../../../src/store/download/blob.ts';
import { createDownloader } from '../../../src/store/download/downloader.ts';
import type { FetchWork } from '../../../src/store/fetch-work.ts';
import { openCacheRoots } from '../../../src/store/hub/cache/cache-roots.ts';
import { hubEndpoints } from '../../../src/store/hub/endpoints.ts';
import type { HubReference } from '../../../src/store/hub/hub-reference.ts';
import { HubSnapshots, type HubSnapshotsOptions } from '../../../src/store/hub/hub-snapshots.ts';
import { parseReference } from '../../../src/store/hub/model-reference.ts';
import type { Snapshot } from '../../../src/store/hub/snapshots.ts';
import type { Transport } from '../../../src/store/transport/transport.ts';
import { LogBook } from '../log-book.ts';
import { roomyDisk } from '../roomy-disk.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { testTransport } from '../transports.ts';

export interface HubStoreSettings extends Partial<HubSnapshotsOptions> {
  /** Directory of the cache; a new one by default. */
  readonly cache?: string;
  readonly hubs: readonly string[];
  readonly clock?: Clock;
  readonly tokens?: ReadonlyMap<string, string>;
}

/** Counts what was counted. */
class CountingMetrics {
  readonly counts: Record<string, number> = {};
  readonly lookups = { inc: ({ tier }: { tier: string }) => this.#add(tier) };
  readonly failovers = { inc: () => this.#add('failover') };
  readonly staleServed = { inc: () => this.#add('stale') };

  #add(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

/** A downloader that is asked through it, and what became of it. */
class RecordingDownloader implements Downloader {
  readonly targets: string[] = [];
  readonly failures: unknown[] = [];
  readonly #downloader: Downloader;

  constructor(downloader: Downloader) {
    this.#downloader = downloader;
  }

  async fetch(request: BlobRequest): Promise<void> {
    this.targets.push(request.target);
    await this.#downloader.fetch(request).catch((error) => {
      this.failures.push(error);
      throw error;
    });
  }
}

function downloaderThrough(transport: Transport): Downloader {
  const none = { inc: () => {} };
  return createDownloader({
    transport,
    space: roomyDisk,
    clock: systemClock,
    logger: new LogBook().logger,
    metrics: { storeBytes: none, storeRetries: none, storeFailovers: none },
    random: () => 0,
    retry: { ...DEFAULT_RETRY, attempts: 1, rounds: 1 },
  });
}

/** A store of hub models with everything real but the hub. */
export class HubStore {
  readonly snapshots: HubSnapshots;
  readonly cache: string;
  readonly state: string;
  readonly metrics = new CountingMetrics();
  readonly downloader: RecordingDownloader;
  readonly warnings: string[] = [];
  readonly progress: [done: number, total: number][] = [];

  private constructor(
    cache: string,
    state: string,
    downloader: Downloader,
    options: Omit<HubSnapshotsOptions, 'metrics' | 'downloader' | 'stateDirectory'>,
    given: Partial<HubSnapshotsOptions>,
  ) {
    this.cache = cache;
    this.state = state;
    this.downloader = new RecordingDownloader(downloader);
    this.snapshots = new HubSnapshots({
      ...options,
      metrics: this.metrics,
      downloader: this.downloader,
      stateDirectory: state,
      ...given,
    });
  }

  static async open({
    cache,
    hubs,
    clock = systemClock,
    tokens,
    ...given
  }: HubStoreSettings): Promise<HubStore> {
    const base = await temporaryDirectory();
    const directory = cache ?? join(base, 'hub');
    const roots = given.roots ?? (await openCacheRoots(directory, join(base, 'fallback'), 'auto'));
    const options = {
      transport: testTransport({ clock, ...(tokens === undefined ? {} : { tokens }) }),
      endpoints: hubEndpoints({ hubEndpoints: hubs }, clock),
      clock,
      random: () => 0.5,
      roots,
      rules: hubFileRules,
      offline: false,
      ttlMs: 0,
      dtype: 'auto' as const,
    };
    const systemTransport = testTransport(tokens === undefined ? {} : { tokens });
    return new HubStore(directory, join(base, 'state'), downloaderThrough(systemTransport), options, given);
  }

  work(signal = new AbortController().signal): FetchWork {
    return {
      signal,
      advance: (done, total) => void this.progress.push([done, total]),
      warn: (message) => void this.warnings.push(message),
    };
  }

  async fetch(reference: string, signal?: AbortSignal): Promise<Snapshot> {
    return await this.snapshots.fetch(hubReference(reference), this.work(signal));
  }

  async find(reference: string): Promise<Snapshot | undefined> {
    return await this.snapshots.find(hubReference(reference));
  }
}

export function hubReference(text: string): HubReference {
  const reference = parseReference(text);
  if (reference.source !== 'hub') throw new Error(`${text} is not of a hub`);
  return reference;
}
