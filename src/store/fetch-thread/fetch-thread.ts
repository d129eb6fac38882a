import { Worker } from 'node:worker_threads';
import type { Logger } from '../../platform/logger.ts';
import { entryBeside } from '../../platform/process/entry.ts';
import type { DeltaOutcome } from '../delta/delta-fetcher.ts';
import type { DeltaMetrics, DeltaRequest } from '../delta/delta-request.ts';
import type { BlobRequest, DiskSpace, DownloadMetrics } from '../download/blob.ts';
import { LentSpace } from './lent-space.ts';
import { fromPlainError, toPlainError } from './plain-error.ts';
import { toPlainBlob, toPlainDelta } from './plain-request.ts';
import type { Counts, News, Order, ThreadSettings } from './protocol.ts';

/** What the thread uses of the thread that began it. */
export interface ThreadServices {
  readonly space: DiskSpace;
  readonly logger: Logger;
  readonly metrics: DownloadMetrics & DeltaMetrics;
}

/**
 * V8 lets a heap grow by less before it collects garbage the less the heap may have, and counts what was read off sockets along. It
 * collects in threads of its own, which have the priority of the server. Nothing is reserved by this limit.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };

interface Fetch {
  readonly request: BlobRequest | DeltaRequest;
  readonly outcome: PromiseWithResolvers<Outcome>;
}

/** Only a delta has one. */
type Outcome = DeltaOutcome | undefined;

/** The thread that fetches files, as the main thread sees it. It does not keep the process alive while it has nothing to do. */
export class FetchThread {
  /** Aborts when the thread has ended: it takes no fetches any more. */
  readonly ended: AbortSignal;
  readonly #worker: Worker;
  readonly #services: ThreadServices;
  readonly #space: LentSpace;
  readonly #fetches = new Map<number, Fetch>();
  #last = 0;

  constructor(settings: ThreadSettings, services: ThreadServices) {
    this.#services = services;
    this.#space = new LentSpace(services.space);
    this.#worker = new Worker(entryBeside(import.meta.url, 'main'), {
      workerData: settings,
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#worker.unref();
    const ended = new AbortController();
    this.ended = ended.signal;
    const end = (problem: Error): void => {
      ended.abort();
      this.#space.close();
      for (const { outcome } of this.#fetches.values()) outcome.reject(problem);
    };
    this.#worker.on('message', (news: News) => this.#take(news));
    this.#worker.on('error', (error) => end(error as Error));
    this.#worker.on('exit', (code) => end(new Error(`the thread that fetches files ended with ${code}`)));
  }

  /** @throws what the downloader throws; the signal's reason, once the thread has let go of the blob. */
  async fetchBlob(request: BlobRequest): Promise<void> {
    await this.#fetch(request, (fetch) => ({ type: 'fetch', fetch, blob: toPlainBlob(request) }));
  }

  /** @throws what the delta fetcher throws; the signal's reason, once the thread has let go of the file. */
  async fetchDelta(request: DeltaRequest): Promise<DeltaOutcome> {
    const delta = toPlainDelta(request);
    const outcome = await this.#fetch(request, (fetch) => ({ type: 'fetch_delta', fetch, delta }));
    return outcome as DeltaOutcome;
  }

  async #fetch(request: Fetch['request'], orderFor: (fetch: number) => Order): Promise<Outcome> {
    const { signal } = request;
    signal.throwIfAborted();
    this.#last += 1;
    const fetch = this.#last;
    const outcome = Promise.withResolvers<Outcome>();
    this.#fetches.set(fetch, { request, outcome });
    const abort = (): void => this.#tell({ type: 'abort', fetch });
    signal.addEventListener('abort', abort, { once: true });
    this.#worker.ref();
    this.#tell(orderFor(fetch));
    try {
      return await outcome.promise;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#fetches.delete(fetch);
      if (this.#fetches.size === 0) this.#worker.unref();
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(order: Order): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(order);
  }

  #take(news: News): void {
    const { metrics } = this.#services;
    if (news.type === 'done') this.#fetches.get(news.fetch)?.outcome.resolve(news.outcome);
    else if (news.type === 'failed')
      this.#fetches.get(news.fetch)?.outcome.reject(fromPlainError(news.error));
    else if (news.type === 'restarted') this.#restart(news.fetch);
    else if (news.type === 'counts') this.#count(news.counts);
    else if (news.type === 'retried') metrics.storeRetries.inc({ reason: news.reason });
    else if (news.type === 'failed_over') metrics.storeFailovers.inc();
    else if (news.type === 'delta_saved') metrics.storeDeltaSaved.inc(news.bytes);
    else if (news.type === 'release') this.#space.release(news.reservation);
    else if (news.type === 'reserve') void this.#reserve(news);
    else this.#log(news.line);
  }

  #restart(fetch: number): void {
    const request = this.#fetches.get(fetch)?.request;
    if (request !== undefined && 'onRestart' in request) request.onRestart();
  }

  #count({ reached, came, used }: Counts): void {
    for (const { reservation, bytes } of used) this.#space.use(reservation, bytes);
    for (const { source, bytes } of came) this.#services.metrics.storeBytes.inc({ source }, bytes);
    for (const { fetch, source, bytes } of reached) this.#fetches.get(fetch)?.request.onBytes(bytes, source);
  }

  async #reserve({ reservation, directory, bytes }: Extract<News, { type: 'reserve' }>): Promise<void> {
    try {
      await this.#space.reserve(reservation, directory, bytes);
      this.#tell({ type: 'reserved', reservation });
    } catch (error) {
      this.#tell({ type: 'reserved', reservation, error: toPlainError(error) });
    }
  }

  #log(line: string): void {
    const { level, msg, ...fields } = JSON.parse(line) as { level: number; msg?: string };
    const { logger } = this.#services;
    const name = logger.levels.labels[level] as 'debug' | 'info' | 'warn' | 'error' | undefined;
    logger[name ?? 'info'](fields, msg);
  }
}
