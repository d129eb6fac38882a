import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { type ChunkIndex, decodeIndex } from '../../src/store/delta/chunk-index.ts';
import { createDeltaFetcher } from '../../src/store/delta/delta-fetcher.ts';
import type { DeltaMetrics, DeltaTools } from '../../src/store/delta/delta-request.ts';
import { runInThread } from '../../src/store/delta/run-in-thread.ts';
import { DEFAULT_RETRY } from '../../src/store/download/backoff.ts';
import type { BlobRequest, Downloader, DownloadMetrics } from '../../src/store/download/blob.ts';
import { createDownloader } from '../../src/store/download/downloader.ts';
import type { Fetchers } from '../../src/store/fetch-thread/fetchers.ts';
import { type Content, givenContent, piecesOf, sha256Of } from './fake-hub/content.ts';
import { FakeHub } from './fake-hub/fake-hub.ts';
import { LogBook } from './log-book.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { testTransport } from './transports.ts';

class DeltaCounts implements DeltaMetrics, DownloadMetrics {
  saved = 0;
  received = 0;
  /** Called when bytes have come, with all of them so far. */
  onReceived = (_bytes: number): void => {};
  readonly storeBytes = {
    inc: (_labels: { source: string }, bytes: number) => {
      this.received += bytes;
      this.onReceived(this.received);
    },
  };
  readonly storeDeltaSaved = {
    inc: (bytes: number) => {
      this.saved += bytes;
    },
  };
  readonly storeRetries = { inc: () => {} };
  readonly storeFailovers = { inc: () => {} };
}

/** Counts what it is asked for. */
class CountingDownloader implements Downloader {
  /** Targets, in the order of their coming. */
  readonly fetched: string[] = [];
  readonly #downloader: Downloader;

  constructor(downloader: Downloader) {
    this.#downloader = downloader;
  }

  fetch(blob: BlobRequest): Promise<void> {
    this.fetched.push(blob.target);
    return this.#downloader.fetch(blob);
  }
}

/** A static server, and what fetches from it. */
export interface DeltaWorld {
  readonly hub: FakeHub;
  readonly directory: string;
  readonly tools: DeltaTools & Fetchers & { readonly downloader: CountingDownloader };
  readonly log: LogBook;
  readonly metrics: DeltaCounts;
  /** Writes a file below the directory. @returns its path */
  write(name: string, content: Content): string;
}

export async function deltaWorld(): Promise<DeltaWorld> {
  const hub = await FakeHub.start();
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const directory = await temporaryDirectory();
  const log = new LogBook();
  const metrics = new DeltaCounts();
  const given = {
    transport: testTransport(),
    space: { reserve: async () => ({ release: () => {} }) },
    clock: systemClock,
    logger: log.logger,
    metrics,
    random: () => 0.5,
    retry: { ...DEFAULT_RETRY, baseMs: 1, maxMs: 5 },
  };
  const tools = { ...given, downloader: new CountingDownloader(createDownloader(given)) };
  return {
    hub,
    directory,
    log,
    metrics,
    tools: { ...tools, delta: createDeltaFetcher(tools) },
    write(name, content) {
      const path = join(directory, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, Buffer.concat([...piecesOf(content)]));
      return path;
    },
  };
}

const indexes = new WeakMap<Content, ChunkIndex>();

/** The index of content, made as it is published. */
export async function indexOf(content: Content): Promise<ChunkIndex> {
  const known = indexes.get(content);
  if (known !== undefined) return known;
  const path = join(await temporaryDirectory(), 'content');
  await writeFile(path, piecesOf(content));
  const index = decodeIndex(await indexBytesOf(path));
  indexes.set(content, index);
  return index;
}

async function indexBytesOf(path: string): Promise<Uint8Array> {
  return await runInThread('index', { path }, { signal: new AbortController().signal });
}

export async function isContent(path: string, content: Content): Promise<boolean> {
  return sha256Of(givenContent(await readFile(path))) === sha256Of(content);
}
