import { open } from 'node:fs/promises';
import { messageOf } from '../../src/errors.ts';
import { SetupError } from './errors.ts';
import { Harvest } from './harvest.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';
import type { ReadingOptions } from './reading-options.ts';

/**
 * Unpacks the two libraries of the provider into a folder, and nothing else.
 * @returns the version that the archive says it has.
 * @throws SetupError for an archive that is cut short, lacks them, or is none.
 */
export async function readArchive(
  path: string,
  directory: string,
  options: ReadingOptions,
): Promise<string | undefined> {
  const harvest = new Harvest(directory, options.name);
  const read = await readerFor(path, options.name);
  try {
    await read(path, harvest, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof SetupError) throw error;
    const isDisk = ['ENOSPC', 'EDQUOT', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (isDisk) throw error;
    throw new SetupError(
      `${options.name} can't be read, it may be cut short or damaged: ${messageOf(error)}`,
    );
  }
  harvest.checkComplete();
  return harvest.version;
}

/** By how it begins: mirrors rename files. */
async function readerFor(path: string, name: string): Promise<typeof readZip> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  const magic = buffer.toString('hex', 0, bytesRead);
  if (magic.startsWith('1f8b')) return readTar;
  if (magic === '504b0304') return readZip;
  throw new SetupError(`${name} is neither a .tgz nor a zip (.whl, .nupkg)`);
}
