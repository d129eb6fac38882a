import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createDownloader } from '../../src/store/download/downloader.ts';
import { createTransport } from '../../src/store/transport/create-transport.ts';
import type { LinkSpeed } from '../../test/support/fake-hub/pace.ts';
import { roomyDisk } from '../../test/support/roomy-disk.ts';

const logger = createLogger({ level: 'warn', format: 'text', destination: 2 });
const program = fileURLToPath(new URL('hub.ts', import.meta.url));

export interface Blob {
  readonly size: number;
  readonly sha256: string;
}

/** Seconds from the request to the verified file in its place. */
export async function measureDownload(
  directory: string,
  blob: Blob,
  link: LinkSpeed,
  workers: number,
): Promise<number> {
  const hub = fork(program, [String(blob.size), JSON.stringify(link)]);
  const transport = createTransport({
    allowPrivate: ['127.0.0.1'],
    allowedHosts: 'any',
    tokens: new Map(),
    clock: systemClock,
    logger,
  });
  try {
    const [url] = (await once(hub, 'message')) as [string];
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
    const target = join(directory, 'blob');
    const start = performance.now();
    await downloader.fetch({
      name: 'weights',
      sources: [{ url: new URL(url), name: 'hub' }],
      target,
      partsDirectory: join(directory, 'parts'),
      expected: blob,
      onBytes: () => {},
      signal: new AbortController().signal,
    });
    const seconds = (performance.now() - start) / 1000;
    await rm(target);
    return seconds;
  } finally {
    await transport.close();
    hub.disconnect();
    await once(hub, 'exit');
  }
}
