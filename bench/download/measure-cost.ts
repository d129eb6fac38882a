import { createLogger } from '../../src/platform/logger.ts';
import { createThreadFetchers } from '../../src/store/fetch-thread/thread-fetchers.ts';
import { roomyDisk } from '../../test/support/roomy-disk.ts';
import { type Blob, withBlobHub } from './blob-hub.ts';
import { fetchOnce } from './fetch-once.ts';

/** Of this process with all its threads, in seconds. */
export interface Cost {
  readonly user: number;
  readonly system: number;
}

/**
 * What downloads at full speed cost, one after the other, by the thread that fetches for a server. The first has the start of the thread
 * and what V8 compiles in it.
 */
export async function measureCost(
  directory: string,
  blob: Blob,
  workers: number,
  rounds: number,
): Promise<Cost[]> {
  const nothing = { inc: () => {} };
  const fetchers = createThreadFetchers(
    {
      allowPrivate: ['127.0.0.1'],
      allowedHosts: 'any',
      tokens: new Map(),
      bandwidth: {},
      workers,
      logLevel: 'warn',
    },
    {
      space: roomyDisk,
      logger: createLogger({ level: 'warn', format: 'text', destination: 2 }),
      metrics: {
        storeBytes: nothing,
        storeRetries: nothing,
        storeFailovers: nothing,
        storeDeltaSaved: nothing,
      },
    },
  );
  try {
    return await withBlobHub(blob, {}, async (url) => {
      const costs: Cost[] = [];
      while (costs.length < rounds) {
        const before = process.cpuUsage();
        await fetchOnce(fetchers.downloader, directory, url, blob);
        const { user, system } = process.cpuUsage(before);
        costs.push({ user: user / 1e6, system: system / 1e6 });
      }
      return costs;
    });
  } finally {
    await fetchers.close();
  }
}
