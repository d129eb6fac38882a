import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import type { LibraryFolders } from './library-search.ts';
import { otherFolders } from './other-folders.ts';

/** Where this machine has its libraries. @param env of the process that is to find them */
export function systemLibraries(env: Readonly<Record<string, string | undefined>>): LibraryFolders {
  return {
    libraryPath: env['LD_LIBRARY_PATH'] ?? '',
    entries,
    others: () => otherFolders(env, entries),
    linkerCache: () =>
      new Promise((resolve) => {
        execFile('/sbin/ldconfig', ['-p'], { maxBuffer: 2 ** 24, timeout: 10_000 }, (error, stdout) =>
          resolve(error === null ? stdout : ''),
        );
      }),
  };
}

function entries(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}
