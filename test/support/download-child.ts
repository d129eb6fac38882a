import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { DEFAULT_RETRY } from '../../src/store/download/backoff.ts';
import type { BlobExpectation } from '../../src/store/download/blob.ts';
import { createDownloader } from '../../src/store/download/downloader.ts';
import { createTransport } from '../../src/store/transport/create-transport.ts';
import { roomyDisk } from './roomy-disk.ts';

/** What a process of its own is asked to fetch, as JSON in its first argument. */
export interface ChildDownload {
  readonly url: string;
  readonly target: string;
  readonly partsDirectory: string;
  readonly expected: BlobExpectation;
  readonly workers: number;
  readonly partBytes: number;
}

// Run as a program, it prints the bytes by source when it is done.
if (process.argv[2] !== undefined && import.meta.main) {
  const { url, workers, partBytes, ...given } = JSON.parse(process.argv[2]) as ChildDownload;
  const logger = createLogger({ level: 'silent', format: 'json' });
  const transport = createTransport({
    allowPrivate: ['127.0.0.1'],
    allowedHosts: 'any',
    tokens: new Map(),
    clock: systemClock,
    logger,
  });
  const nothing = { inc: () => {} };
  const downloader = createDownloader({
    transport,
    workers,
    partBytes,
    space: roomyDisk,
    clock: systemClock,
    logger,
    metrics: { storeBytes: nothing, storeRetries: nothing, storeFailovers: nothing },
    random: Math.random,
    retry: { ...DEFAULT_RETRY, baseMs: 5, maxMs: 50 },
  });
  const told: Record<string, number> = {};
  await downloader.fetch({
    ...given,
    name: 'weights',
    sources: [{ url: new URL(url), name: 'hub' }],
    onBytes: (delta, source) => {
      told[source] = (told[source] ?? 0) + delta;
    },
    signal: new AbortController().signal,
  });
  process.stdout.write(JSON.stringify(told));
  await transport.close();
}
