import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { DEFAULT_RETRY } from '../../src/store/download/backoff.ts';
import type { BlobRequest, DownloadMetrics } from '../../src/store/download/blob.ts';
import { createDownloader, type DownloaderOptions } from '../../src/store/download/downloader.ts';
import { type Content, sha256Of } from './fake-hub/content.ts';
import { LogBook } from './log-book.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { testTransport } from './transports.ts';

export const KIB = 1024;

/** Adds up what it is told. */
class CountedMetrics implements DownloadMetrics {
  readonly bytes: Record<string, number> = {};
  readonly retries: Record<string, number> = {};
  failovers = 0;
  readonly storeBytes = {
    inc: ({ source }: { source: string }, bytes: number) => {
      this.bytes[source] = (this.bytes[source] ?? 0) + bytes;
    },
  };
  readonly storeRetries = {
    inc: ({ reason }: { reason: string }) => {
      this.retries[reason] = (this.retries[reason] ?? 0) + 1;
    },
  };
  readonly storeFailovers = {
    inc: () => {
      this.failovers += 1;
    },
  };
}

/** A downloader with small parts and short pauses, a place for one blob, and records of all that it tells. */
export async function downloadBench(content: Content, options: Partial<DownloaderOptions> = {}) {
  const root = await temporaryDirectory();
  const target = join(root, 'cache', 'blobs', 'blob');
  const partsDirectory = join(root, 'parts');
  await mkdir(partsDirectory);
  const metrics = new CountedMetrics();
  const book = new LogBook();
  const told: Record<string, number> = {};
  const downloader = createDownloader({
    transport: testTransport(),
    workers: 4,
    partBytes: 64 * KIB,
    space: { reserve: () => Promise.resolve({ release: () => {} }) },
    clock: systemClock,
    logger: book.logger,
    metrics,
    random: Math.random,
    retry: { ...DEFAULT_RETRY, baseMs: 1, maxMs: 5 },
    ...options,
  });
  const stop = new AbortController();
  const request = (...urls: URL[]): BlobRequest => ({
    name: 'weights of acme/model',
    sources: urls.map((url, index) => ({ url, name: `source-${index + 1}` })),
    target,
    partsDirectory,
    expected: { size: content.size, sha256: sha256Of(content) },
    onBytes: (delta, source) => {
      expect(delta).toBeGreaterThan(0);
      told[source] = (told[source] ?? 0) + delta;
    },
    signal: stop.signal,
  });
  return {
    downloader,
    target,
    partsDirectory,
    metrics,
    book,
    told,
    stop,
    request,
    fetch(...urls: URL[]) {
      for (const source of Object.keys(told)) delete told[source];
      return downloader.fetch(request(...urls));
    },
    /** The bytes that are in place are the right ones. */
    async expectDone() {
      const bytes = await readFile(target);
      expect(bytes.equals(content.read(0, content.size))).toBe(true);
      expect(Object.values(told).reduce((sum, bytes) => sum + bytes, 0)).toBe(content.size);
    },
  };
}
