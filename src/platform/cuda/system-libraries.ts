import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import type { LibraryFolders } from './library-search.ts';

/** Where this machine has its libraries. @param libraryPath LD_LIBRARY_PATH */
export function systemLibraries(libraryPath: string): LibraryFolders {
  return {
    libraryPath,
    entries: (directory) => readdir(directory).catch(() => []),
    linkerCache: () =>
      new Promise((resolve) => {
        execFile('/sbin/ldconfig', ['-p'], { maxBuffer: 2 ** 24, timeout: 10_000 }, (error, stdout) =>
          resolve(error === null ? stdout : ''),
        );
      }),
  };
}
