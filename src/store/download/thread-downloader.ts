import type { BlobRequest, Downloader } from './blob.ts';
import { DownloadThread, type ThreadServices } from './thread/download-thread.ts';
import type { ThreadSettings } from './thread/protocol.ts';

/**
 * The downloader in a thread of its own, so that answers to requests don't wait for bytes that arrive. The thread begins with
 * the first blob and stays; one that ended is replaced at the next.
 */
export function createThreadDownloader(
  settings: ThreadSettings,
  services: ThreadServices,
): Downloader & { close(): Promise<void> } {
  let thread: DownloadThread | undefined;
  return {
    async fetch(request: BlobRequest): Promise<void> {
      if (thread === undefined || thread.ended.aborted) thread = new DownloadThread(settings, services);
      await thread.fetch(request);
    },
    /** What is under way fails, and is resumed by whoever fetches it again. */
    async close(): Promise<void> {
      await thread?.close();
    },
  };
}
