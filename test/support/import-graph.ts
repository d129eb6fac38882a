import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What a program needs to run. */
export interface ImportGraph {
  /** Files of this repository, by their paths in it. */
  readonly files: ReadonlySet<string>;
  /** Names of packages; Node's own modules are left out. */
  readonly packages: ReadonlySet<string>;
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`; what is imported for its types alone is gone at run time. */
const IMPORT =
  /^(?:import|export)\s+(?!type\b)(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** Programs that are started as processes or threads: `new URL('./main.ts', import.meta.url)`. */
const PROGRAM = /new URL\(\s*['"]([^'"]+\.ts)['"],\s*import\.meta\.url/g;

/**
 * Follows imports, and programs that are started, from file to file.
 * @param roots paths in this repository
 * @param skips says which files are not followed
 */
export async function importGraph(
  roots: readonly string[],
  skips: (file: string) => boolean = () => false,
): Promise<ImportGraph> {
  const files = new Set(roots);
  const packages = new Set<string>();
  // Grows while it is walked.
  for (const file of files) {
    if (!file.endsWith('.ts')) continue;
    const source = await readFile(join(repository, file), 'utf8');
    const imported = [...source.matchAll(IMPORT)].map(([, from, lazily]) => from ?? lazily ?? '');
    for (const name of [...imported, ...[...source.matchAll(PROGRAM)].map(([, path = '']) => path)]) {
      const target = normalize(join(dirname(file), name));
      if (!/^\.?\.?\//.test(name) && !name.endsWith('.ts')) addPackage(name, packages);
      else if (!skips(target)) files.add(target);
    }
  }
  return { files, packages };
}

function addPackage(name: string, packages: Set<string>): void {
  if (name.startsWith('node:')) return;
  const parts = name.split('/');
  packages.add(parts.slice(0, name.startsWith('@') ? 2 : 1).join('/'));
}
