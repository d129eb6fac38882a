import { Worker } from 'node:worker_threads';
import type { Logger } from '../../../platform/logger.ts';
import { entryBeside } from '../../../platform/process/entry.ts';
import type { BlobRequest, DiskSpace, DownloadMetrics } from '../blob.ts';
import { LentSpace } from './lent-space.ts';
import { fromPlainError, toPlainError } from './plain-error.ts';
import type { Counts, News, Order, ThreadSettings } from './protocol.ts';

/** What the thread uses of the thread that began it. */
export interface ThreadServices {
  readonly space: DiskSpace;
  readonly logger: Logger;
  readonly metrics: DownloadMetrics;
}

interface Fetch {
  readonly request: BlobRequest;
  readonly outcome: PromiseWithResolvers<void>;
}

/** The thread that fetches, as the main thread sees it. It does not keep the process alive while it has nothing to do. */
export class DownloadThread {
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
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 },
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
  async fetch(request: BlobRequest): Promise<void> {
    const { signal, name, sources, target, partsDirectory, expected } = request;
    signal.throwIfAborted();
    this.#last += 1;
    const fetch = this.#last;
    const outcome = Promise.withResolvers<void>();
    this.#fetches.set(fetch, { request, outcome });
    const abort = (): void => this.#tell({ type: 'abort', fetch });
    signal.addEventListener('abort', abort, { once: true });
    this.#worker.ref();
    const plainSources = sources.map((source) => ({ url: source.url.href, name: source.name }));
    this.#tell({
      type: 'fetch',
      fetch,
      request: { name, sources: plainSources, target, partsDirectory, expected },
    });
    try {
      await outcome.promise;
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
    if (news.type === 'done') this.#fetches.get(news.fetch)?.outcome.resolve();
    else if (news.type === 'failed')
      this.#fetches.get(news.fetch)?.outcome.reject(fromPlainError(news.error));
    else if (news.type === 'counts') this.#count(news.counts);
    else if (news.type === 'retried') metrics.storeRetries.inc({ reason: news.reason });
    else if (news.type === 'failed_over') metrics.storeFailovers.inc();
    else if (news.type === 'release') this.#space.release(news.reservation);
    else if (news.type === 'reserve') void this.#reserve(news);
    else this.#log(news.line);
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
