import { FetchThread, type ThreadServices } from './fetch-thread.ts';
import type { Fetchers } from './fetchers.ts';
import type { ThreadSettings } from './protocol.ts';

/**
 * Both fetchers in a thread of its own, so that answers to requests don't wait for bytes that arrive. The thread begins with
 * the first file and stays; one that ended is replaced at the next.
 */
export function createThreadFetchers(
  settings: ThreadSettings,
  services: ThreadServices,
): Fetchers & { close(): Promise<void> } {
  let last: FetchThread | undefined;
  const thread = (): FetchThread => {
    if (last === undefined || last.ended.aborted) last = new FetchThread(settings, services);
    return last;
  };
  return {
    downloader: { fetch: async (request) => await thread().fetchBlob(request) },
    delta: { fetch: async (request) => await thread().fetchDelta(request) },
    /** What is under way fails, and is resumed by whoever fetches it again. */
    async close(): Promise<void> {
      await last?.close();
    },
  };
}
