import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createDownloader } from '../../src/store/download/downloader.ts';
import { createTransport } from '../../src/store/transport/create-transport.ts';
import type { LinkSpeed } from '../../test/support/fake-hub/pace.ts';
import { roomyDisk } from '../../test/support/roomy-disk.ts';
import { type Blob, withBlobHub } from './blob-hub.ts';
import { fetchOnce } from './fetch-once.ts';

const logger = createLogger({ level: 'warn', format: 'text', destination: 2 });

/** Seconds from the request to the verified file in its place. */
export async function measureDownload(
  directory: string,
  blob: Blob,
  link: LinkSpeed,
  workers: number,
): Promise<number> {
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
    space: roomyDisk,
    clock: systemClock,
    logger,
    metrics: { storeBytes: nothing, storeRetries: nothing, storeFailovers: nothing },
    random: Math.random,
  });
  try {
    return await withBlobHub(blob, link, (url) => fetchOnce(downloader, directory, url, blob));
  } finally {
    await transport.close();
  }
}
