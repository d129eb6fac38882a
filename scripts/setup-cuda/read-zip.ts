import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import type { Harvest } from './harvest.ts';
import type { ReadingOptions } from './reading-options.ts';

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
    if (wanted !== undefined) {
      const content = await zip.openReadStreamPromise(entry);
      const checked = content.pipe(checksum(entry.fileName, entry.crc32));
      content.on('error', (error) => checked.destroy(error));
      await harvest.take(wanted, checked);
    }
    done += entry.compressedSize;
    onProgress(Math.min(done, total), total);
  }
}

/** Passes content on, and fails at its end where it is not what was packed: yauzl does not look. */
function checksum(name: string, wanted: number): Transform {
  let found = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, pass) {
      found = crc32(piece, found);
      pass(null, piece);
    },
    flush(pass) {
      pass(found === wanted ? null : new Error(`the checksum (CRC-32) of ${name} is wrong`));
    },
  });
}
