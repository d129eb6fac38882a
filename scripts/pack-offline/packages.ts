import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package of package-lock.json (lockfileVersion 3), as far as it is needed here. */
interface LockedPackage {
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** By their folders, as in "node_modules/zod". The repository itself is "". */
export type Lock = Readonly<Record<string, LockedPackage>>;

export async function readLock(repository: string): Promise<Lock> {
  const text = await readFile(join(repository, 'package-lock.json'), 'utf8');
  return (JSON.parse(text) as { packages: Lock }).packages;
}

/**
 * The folders of the packages that a server runs on, and of more with all that these depend on. Those of other platforms are not
 * installed, and so left out.
 * @param more names of development packages
 * @throws Error when one of these is not in the lock.
 */
export async function packagesToCarry(
  lock: Lock,
  repository: string,
  { more }: { readonly more: readonly string[] },
): Promise<string[]> {
  const wanted = new Set(Object.keys(lock).filter((path) => path !== '' && lock[path]?.dev !== true));
  const open = more.map((name) => {
    const path = `node_modules/${name}`;
    if (lock[path] === undefined) throw new Error(`package-lock.json has no ${name}`);
    return path;
  });
  for (const path of open) {
    wanted.add(path);
    const { dependencies = {}, optionalDependencies = {} } = lock[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolvePackage(lock, path, name);
      if (found !== undefined && !wanted.has(found)) open.push(found);
    }
  }
  const installed = await Promise.all(
    [...wanted].map(async (path) => ((await exists(join(repository, path))) ? [path] : [])),
  );
  const paths = installed.flat().toSorted();
  // A folder has those nested in it.
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

/** As Node looks for a package: from the inside out. */
function resolvePackage(lock: Lock, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (lock[path] !== undefined) return path;
    if (at === '') return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
