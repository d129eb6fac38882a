import { dirname, join } from 'node:path';

/** What is asked of a machine to find libraries on it. */
export interface LibraryFolders {
  /** Names in a folder; none where there is no such folder. */
  readonly entries: (directory: string) => Promise<readonly string[]>;
  /** What `ldconfig -p` prints; empty where there is none. */
  readonly linkerCache: () => Promise<string>;
  /** LD_LIBRARY_PATH. */
  readonly libraryPath: string;
  /** Folders that may have them, and in which the linker does not look. */
  readonly others: () => Promise<readonly string[]>;
}

/** Where the linker of glibc looks by itself, on Debian and Ubuntu, and on Red Hat. */
const TRUSTED = [
  '/lib',
  '/usr/lib',
  '/lib64',
  '/usr/lib64',
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
];

export interface FoundLibraries {
  readonly missing: readonly string[];
  /** Missing ones that lie in a folder in which the linker does not look, with their paths. */
  readonly elsewhere: readonly string[];
}

/**
 * Which of these libraries the dynamic linker would not find, without loading any. The folder of the library that needs them
 * does not count: nothing tells the linker to look there (the provider has no RUNPATH, and that of the core is the core's own).
 */
export async function findLibraries(
  names: readonly string[],
  { entries, linkerCache, libraryPath, others }: LibraryFolders,
): Promise<FoundLibraries> {
  const listed = await linkerCache();
  const own = libraryPath.split(':').filter((path) => path !== '');
  const there = new Set((await Promise.all([...own, ...TRUSTED].map(entries))).flat());
  const missing = names.filter((name) => !there.has(name) && !listed.includes(`\t${name} `));
  if (missing.length === 0) return { missing, elsewhere: [] };
  const unlisted = await Promise.all(
    (await others()).map(async (folder) => ({ folder, names: new Set(await entries(folder)) })),
  );
  const elsewhere = missing.flatMap((name) => {
    const found = unlisted.find((candidate) => candidate.names.has(name));
    return found === undefined ? [] : [join(found.folder, name)];
  });
  return { missing, elsewhere };
}

/** Missing ones that are in no folder that is known. */
export function absentOf({ missing, elsewhere }: FoundLibraries): readonly string[] {
  return missing.filter((name) => !elsewhere.some((path) => path.endsWith(`/${name}`)));
}

/** The folders in which the linker would have to look. */
export function foldersOf({ elsewhere }: FoundLibraries): readonly string[] {
  return [...new Set(elsewhere.map((path) => dirname(path)))];
}

/** What to type so that it does, for programs that are started afterwards. */
export function exportCommand(folders: readonly string[]): string {
  // An empty part would mean the working directory.
  return `export LD_LIBRARY_PATH=${folders.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`;
}
