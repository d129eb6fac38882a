import { join } from 'node:path';
import { OPENED_LATER } from './examine-provider.ts';
import { findLibraries, foldersOf } from './library-search.ts';
import { readLinkage } from './linkage.ts';
import { PROVIDER, providerDirectory } from './provider-files.ts';
import { systemLibraries } from './system-libraries.ts';

export interface CompletedPath {
  readonly env: Readonly<Record<string, string>>;
  /** Folders that LD_LIBRARY_PATH did not name. */
  readonly added: readonly string[];
}

/**
 * The same environment, in which the linker finds what the CUDA provider needs, as far as that lies in a folder that is known:
 * NVIDIA's wheels in a virtual environment, or a toolkit. The linker reads LD_LIBRARY_PATH when a process starts, so that it
 * is of use to children only. What it finds by itself it goes on finding where it was: the folders are put last.
 * @param env with PATH, HOME and VIRTUAL_ENV, by which Python's folders are found
 * @returns nothing new where there is no provider, or nothing is missing. Never throws.
 */
export async function completeLibraryPath(env: Readonly<Record<string, string>>): Promise<CompletedPath> {
  const libraries = systemLibraries(env);
  const directory = await providerDirectory(process, libraries.libraryPath, libraries.entries);
  const linkage = await readLinkage(join(directory, PROVIDER)).catch(() => undefined);
  if (linkage === undefined) return { env, added: [] };
  const added = foldersOf(await findLibraries([...new Set([...linkage.needed, ...OPENED_LATER])], libraries));
  if (added.length === 0) return { env, added };
  const own = libraries.libraryPath === '' ? [] : [libraries.libraryPath];
  return { env: { ...env, LD_LIBRARY_PATH: [...own, ...added].join(':') }, added };
}
