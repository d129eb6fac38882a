import { stat } from 'node:fs/promises';
import { openPromise } from 'yauzl';
import type { Harvest } from './harvest.ts';
import type { ReadingOptions } from './read-archive.ts';

/** Set in the upper half of the external attributes by programs that know Unix modes: the type of a file. */
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;

/** Reads a zip: a wheel or a NuGet package. Sizes are held to what the directory of the zip says. */
export async function readZip(
  path: string,
  harvest: Harvest,
  { signal, onProgress }: ReadingOptions,
): Promise<void> {
  const { size: total } = await stat(path);
  const zip = await openPromise(path, { strictFileNames: true });
  let done = 0;
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    const type = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
    const isFile = !entry.fileName.endsWith('/') && (type === 0 || type === REGULAR);
    const wanted = harvest.wants({ path: entry.fileName, isFile, bytes: entry.uncompressedSize });
    if (wanted !== undefined) await harvest.take(wanted, await zip.openReadStreamPromise(entry));
    done += entry.compressedSize;
    onProgress(Math.min(done, total), total);
  }
}
