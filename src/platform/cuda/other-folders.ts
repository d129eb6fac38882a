import { dirname, join } from 'node:path';

type Entries = (directory: string) => Promise<readonly string[]>;

/** Where CUDA is often installed without the linker being told. */
const TOOLKIT = ['/usr/local/cuda/lib64', '/usr/local/cuda/targets/x86_64-linux/lib', '/opt/cuda/lib64'];

/** An interpreter has one folder of packages, or two or three. More is no interpreter. */
const MOST_FOLDERS = 8;

/** NVIDIA's wheels are some twenty. */
const MOST_WHEELS = 64;

/**
 * Folders that may have CUDA's libraries and in which the linker does not look: those of the toolkit, and those of NVIDIA's wheels,
 * which PyTorch brings, in the packages of `VIRTUAL_ENV` and of the first `python3` in `PATH`. Those of Python come first: what
 * lies there belongs together. No interpreter is run: where one has its packages follows from where it lies.
 *
 * The wheels of CUDA 13 share one folder, `nvidia/cu13/lib`, and cuDNN has its own; those of CUDA 12 have one each
 * (`nvidia/cublas/lib`, …).
 * @param entries names in a folder; none where there is no such folder
 */
export async function otherFolders(
  { VIRTUAL_ENV, PATH, HOME }: Readonly<Record<string, string | undefined>>,
  entries: Entries,
): Promise<readonly string[]> {
  const prefix = await pythonPrefix(PATH, entries);
  const prefixes = new Set([
    ...(VIRTUAL_ENV ? [VIRTUAL_ENV] : []),
    ...(prefix === undefined ? [] : [prefix]),
    // Debian's interpreter has what was installed by pip there.
    ...(prefix === '/usr' ? ['/usr/local'] : []),
    ...(HOME ? [join(HOME, '.local')] : []),
  ]);
  const wheels = await Promise.all([...prefixes].map((each) => wheelFolders(each, entries)));
  return [...wheels.flat(), ...TOOLKIT];
}

/** The folder above the `bin` in which an interpreter lies: of a virtual environment, its own. */
export function prefixOf(python: string): string {
  return dirname(dirname(python));
}

async function pythonPrefix(path: string | undefined, entries: Entries): Promise<string | undefined> {
  for (const folder of (path ?? '').split(':')) {
    if (folder.startsWith('/') && (await entries(folder)).includes('python3')) {
      // Debian links /bin to /usr/bin.
      return folder === '/bin' ? '/usr' : dirname(folder);
    }
  }
  return undefined;
}

async function wheelFolders(prefix: string, entries: Entries): Promise<string[]> {
  const versions = (await entries(join(prefix, 'lib'))).filter((name) => /^python3(\.\d+)?$/.test(name));
  const packages = versions
    .slice(0, MOST_FOLDERS)
    .flatMap((version) =>
      ['site-packages', 'dist-packages'].map((name) => join(prefix, 'lib', version, name, 'nvidia')),
    );
  const found = await Promise.all(
    packages.map(async (folder) =>
      (await entries(folder)).slice(0, MOST_WHEELS).map((wheel) => join(folder, wheel, 'lib')),
    ),
  );
  return found.flat();
}
