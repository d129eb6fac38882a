import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { scratchDirectory } from '../directories.ts';
import { buildStubCard } from './build.ts';

const run = promisify(execFile);

/** What a call of the stub can be made to fail at: see stub-card/README.md. */
export type FaultKind = 'launch' | 'malloc' | 'sync' | 'memcpy' | 'device';

/** cudaError_t, as far as faults need it. */
export const CUDA_ERRORS = {
  outOfMemory: 2,
  devicesUnavailable: 46,
  noDevice: 100,
  uncorrectableEcc: 214,
  illegalAddress: 700,
  launchFailure: 719,
} as const;

export interface StubCardOptions {
  /** Memory of the card in bytes; 80 GiB when left out. */
  readonly bytes?: number;
  /** Compute capability times ten; 90 when left out. */
  readonly capability?: number;
  /** What each process holds besides, as nvidia-smi tells it: its context. Nothing when left out. */
  readonly contextBytes?: number;
  /** As in a container: nvidia-smi knows processes by ids of another namespace. */
  readonly hasForeignPids?: boolean;
  /** Libraries that are not to be found. */
  readonly without?: readonly string[];
  /** Whether calls are logged. It slows a run down. */
  readonly isLogging?: boolean;
}

/** A line `kernel`, `gemm`, `memcpy`, `malloc`, `free`, `out-of-memory`, `fault`, `answer` or `call` of the log. */
export interface StubCall {
  readonly what: string;
  readonly text: string;
}

/** A card that computes nothing, on which ONNX Runtime's real CUDA provider loads and runs: see test/gpu/README.md. */
export class StubCard {
  /** For a server under test or an engine: `ServerProcess.start(directory, { RERANK_DEVICE: 'cuda', ...card.env })`. */
  readonly env: Readonly<Record<string, string>>;
  readonly #scratch: string;

  private constructor(env: Readonly<Record<string, string>>, scratch: string) {
    this.env = env;
    this.#scratch = scratch;
  }

  /** One that is gone at the end of the test. @param library of `findStubCard` */
  static async make(library: string, options: StubCardOptions = {}): Promise<StubCard> {
    const scratch = await scratchDirectory();
    onTestFinished(() => scratch[Symbol.asyncDispose]());
    return await StubCard.makeIn(scratch.path, library, options);
  }

  /** The same, for tests that share one. @param scratch a folder of its own */
  static async makeIn(scratch: string, library: string, options: StubCardOptions = {}): Promise<StubCard> {
    for (const name of ['faults', 'use']) await mkdir(join(scratch, name));
    const { PATH = '', LD_LIBRARY_PATH = '' } = process.env;
    const folder =
      options.without === undefined ? library : await partOf(library, options.without, join(scratch, 'lib'));
    const env = {
      LD_LIBRARY_PATH: [folder, ...(LD_LIBRARY_PATH === '' ? [] : [LD_LIBRARY_PATH])].join(delimiter),
      // A stub of nvidia-smi, which reads what the stub of the runtime writes.
      PATH: [fileURLToPath(new URL('bin', import.meta.url)), PATH].join(delimiter),
      CUDA_STUB_FAULTS: join(scratch, 'faults'),
      CUDA_STUB_USE: join(scratch, 'use'),
      ...(options.isLogging ? { CUDA_STUB_LOG: join(scratch, 'log') } : {}),
      ...(options.bytes === undefined ? {} : { CUDA_STUB_BYTES: String(options.bytes) }),
      ...(options.contextBytes === undefined
        ? {}
        : { CUDA_STUB_CONTEXT_BYTES: String(options.contextBytes) }),
      ...(options.hasForeignPids ? { CUDA_STUB_FOREIGN_PIDS: '1' } : {}),
      ...(options.capability === undefined ? {} : { CUDA_STUB_CAPABILITY: String(options.capability) }),
    };
    return new StubCard(env, scratch);
  }

  /**
   * Makes calls of a kind fail, in all processes, until `repair`. Errors that end a real context (ECC, illegal address, launch
   * failure) stay with the process that met them.
   * @param isOnce only the next such call, of one process
   */
  async breakDown(kind: FaultKind, error: number, isOnce = false): Promise<void> {
    await writeFile(join(this.#scratch, 'faults', kind), isOnce ? `${error} once\n` : `${error}\n`);
  }

  async repair(kind: FaultKind): Promise<void> {
    await rm(join(this.#scratch, 'faults', kind), { force: true });
  }

  /** From now on, nvidia-smi goes on counting what a process held for so long after its end, as drivers do. */
  async freeAfter(ms: number): Promise<void> {
    await writeFile(join(this.#scratch, 'use', 'lag'), String(ms));
  }

  /** Bytes on the card by living process: what it has, and had at most. */
  async memory(): Promise<ReadonlyMap<number, { readonly used: number; readonly peak: number }>> {
    const folder = join(this.#scratch, 'use');
    const found = new Map<number, { used: number; peak: number }>();
    for (const name of await readdir(folder)) {
      if (!/^\d+$/.test(name) || !isAlive(Number(name))) continue;
      const [used = 0, peak = 0] = (await readFile(join(folder, name), 'utf8')).split(' ').map(Number);
      found.set(Number(name), { used, peak });
    }
    return found;
  }

  /** All that was called so far, oldest first. Only with `isLogging`. */
  async calls(): Promise<StubCall[]> {
    const log = await readFile(join(this.#scratch, 'log'), 'utf8').catch(() => '');
    return log
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ what: line.split(' ', 1)[0] as string, text: line.slice(line.indexOf(' ') + 1) }));
  }

  /** Forgets the log. While nothing is running, for an open file is written on at its end. */
  async clearLog(): Promise<void> {
    await writeFile(join(this.#scratch, 'log'), '');
  }
}

/** Links to the other libraries of the folder. */
async function partOf(library: string, without: readonly string[], into: string): Promise<string> {
  await mkdir(into);
  for (const name of await readdir(library))
    if (!without.includes(name)) await symlink(join(library, name), join(into, name));
  return into;
}

/** A stub card that can be used here, or why there is none. */
export type Found =
  | { readonly library: string; readonly missing?: never }
  | { readonly library?: never; readonly missing: string };

/**
 * Finds the CUDA provider (RERANK_TEST_CUDA_PROVIDER names its folder, or it is installed), and builds the stub for it.
 * @throws Error instead of saying that it is missing where RERANK_TEST_GPU=stub, which is `npm run test:gpu -- --stub`.
 */
export async function findStubCard(): Promise<Found> {
  const { RERANK_TEST_GPU: wanted } = process.env;
  const missing = await whatIsMissing();
  if (missing === undefined) return { library: await buildStubCard(await providerFolder(), bindingFolder()) };
  if (wanted === 'stub') throw new Error(missing);
  return { missing };
}

async function whatIsMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the CUDA provider is for Linux on x64';
  if (!(await isThere(join(await providerFolder(), 'libonnxruntime_providers_cuda.so')))) {
    return 'no CUDA provider: npm run setup:cuda, or RERANK_TEST_CUDA_PROVIDER=<its folder>';
  }
  for (const program of ['gcc', 'nm', 'readelf']) {
    const works = await run(program, ['--version']).then(
      () => true,
      () => false,
    );
    if (!works) return `no ${program}, which the stub card is built with`;
  }
  return undefined;
}

async function providerFolder(): Promise<string> {
  const { RERANK_TEST_CUDA_PROVIDER: named } = process.env;
  return named !== undefined && named !== '' ? named : bindingFolder();
}

/** Where onnxruntime-node keeps what belongs to this platform. */
function bindingFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'bin', 'napi-v6', process.platform, process.arch);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
