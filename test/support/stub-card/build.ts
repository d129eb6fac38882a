import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Imports, libraryOf, type StubLibrary, trivialStubs } from './imports.ts';

const run = promisify(execFile);
const sources = fileURLToPath(new URL('.', import.meta.url));

/** What each library has besides trivial stubs. `libcudart` keeps the log, the memory and the faults of all of them. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  libcudart: ['common.c', 'device.c', 'memory.c', 'launch.c', 'answers.c'],
  libcublas: ['products.c'],
  libcublasLt: ['products-lt.c'],
  libcudnn: ['cudnn.c'],
};

const FLAGS = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-shared', '-fPIC', '-fno-builtin', '-pthread'];

/**
 * Builds the stub for one installed provider, or finds it built: a folder with the libraries that the provider is linked
 * against, the provider itself and ONNX Runtime's own library beside it, as links.
 *
 * ONNX Runtime looks for its providers where it was loaded from, and onnxruntime-node finds it by RUNPATH, which stands behind
 * LD_LIBRARY_PATH. So that folder in LD_LIBRARY_PATH is all that it takes, and node_modules stays as it is.
 * @param provider folder with libonnxruntime_providers_{cuda,shared}.so
 * @param runtime folder with libonnxruntime.so.1
 */
export async function buildStubCard(provider: string, runtime: string): Promise<string> {
  const links = [
    ...['cuda', 'shared'].map((name) => join(provider, `libonnxruntime_providers_${name}.so`)),
    join(runtime, 'libonnxruntime.so.1'),
  ];
  const target = join(tmpdir(), 'rerankd-stub-card', await keyOf(links));
  if (await isThere(target)) return target;
  await mkdir(join(target, '..'), { recursive: true });
  const draft = await mkdtemp(`${target}-`);
  const [cuda = ''] = links;
  const libraries = await librariesFor(cuda);
  // libcudart first: the others are linked against it.
  for (const library of libraries) await compile(library, draft, libraries[0] as StubLibrary);
  for (const path of links) await symlink(await realpath(path), join(draft, basename(path)));
  await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true });
    // Another process was quicker.
    if (!(await isThere(target))) throw error;
  });
  return target;
}

/** Sonames of what the provider is linked against, its CUDA libraries only. */
async function linkedCudaLibraries(provider: string): Promise<string[]> {
  const { stdout } = await run('readelf', ['-d', provider]);
  return [...stdout.matchAll(/\(NEEDED\).*\[(libcu[^\]]*)\]/g)].map(([, name = '']) => name);
}

async function librariesFor(provider: string): Promise<StubLibrary[]> {
  const needed = await linkedCudaLibraries(provider);
  const runtime = needed.find((name) => name.startsWith('libcudart.so.'));
  if (runtime !== 'libcudart.so.13') {
    throw new Error(
      `the stub knows CUDA 13 only, and ${provider} is linked against ${runtime ?? 'no libcudart'}`,
    );
  }
  // Opened by name when it is needed, so that it is in no list.
  const names = [runtime, ...needed.filter((name) => name !== runtime), 'libcudnn.so.9'];
  const { stdout } = await run('nm', ['-D', '--undefined-only', provider], { maxBuffer: 64 << 20 });
  const imports: Imports = { linked: stdout, opened: await readFile(provider, 'latin1') };
  return names.map((name) => libraryOf(name, imports));
}

async function compile(library: StubLibrary, folder: string, runtime: StubLibrary): Promise<void> {
  const written = (WRITTEN[library.name.split('.')[0] as string] ?? []).map((name) => join(sources, name));
  const objects = join(folder, `${library.name}.o`);
  const defined = new Set<string>();
  if (written.length > 0) {
    await run('gcc', ['-r', ...FLAGS.filter((flag) => flag !== '-shared'), ...written, '-o', objects]);
    const { stdout } = await run('nm', ['--defined-only', '--extern-only', objects]);
    for (const line of stdout.split('\n')) defined.add(line.split(' ').at(-1) as string);
  }
  const trivial = join(folder, `${library.name}.c`);
  await writeFile(trivial, trivialStubs(library.symbols.filter((name) => !defined.has(name))));
  const versions = join(folder, `${library.name}.ver`);
  await writeFile(versions, `${library.name} { global: *; };\n`);
  await run('gcc', [
    ...FLAGS,
    `-I${sources}`,
    trivial,
    ...(written.length > 0 ? [objects] : []),
    '-o',
    join(folder, library.name),
    `-Wl,-soname,${library.name}`,
    ...(library.isVersioned ? [`-Wl,--version-script=${versions}`] : []),
    ...(library === runtime ? [] : [`-Wl,--no-as-needed`, join(folder, runtime.name)]),
  ]);
}

/** Of the stub's sources and of the libraries that it is for, which are told by their dates: they have hundreds of megabytes. */
async function keyOf(libraries: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(sources)).filter((name) => /\.(?:c|h|ts)$/.test(name));
  for (const name of names.toSorted()) hash.update(name).update(await readFile(join(sources, name)));
  for (const path of libraries) {
    const { size, mtimeMs } = await stat(path);
    hash.update(`${await realpath(path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
