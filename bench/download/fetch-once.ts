import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Downloader } from '../../src/store/download/blob.ts';
import type { Blob } from './blob-hub.ts';

/** @returns seconds from the request to the verified file in its place, which is deleted again. */
export async function fetchOnce(
  downloader: Downloader,
  directory: string,
  url: URL,
  expected: Blob,
): Promise<number> {
  const target = join(directory, 'blob');
  const start = performance.now();
  await downloader.fetch({
    name: 'weights',
    sources: [{ url, name: 'hub' }],
    target,
    partsDirectory: join(directory, 'parts'),
    expected,
    onBytes: () => {},
    signal: new AbortController().signal,
  });
  const seconds = (performance.now() - start) / 1000;
  await rm(target);
  return seconds;
}
