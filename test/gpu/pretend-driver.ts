import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { scratchDirectory } from '../support/directories.ts';

export interface PretendDriverOptions {
  /** Folder with the stub of the CUDA runtime and the real provider. */
  readonly library: string;
  /** Of the card. */
  readonly totalBytes: number;
  /** What each process holds besides: its CUDA context. */
  readonly contextBytes: number;
  /** As in a container: the process ids that it lists are of another namespace. */
  readonly isForeign?: boolean;
}

/** The stub card with an nvidia-smi that frees the memory of dead processes with a delay, as drivers do. */
export class PretendDriver implements AsyncDisposable {
  /** Settings of a server that is to use it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #lagFile: string;
  readonly #scratch: AsyncDisposable;

  private constructor(settings: Readonly<Record<string, string>>, lagFile: string, scratch: AsyncDisposable) {
    this.settings = settings;
    this.#lagFile = lagFile;
    this.#scratch = scratch;
  }

  static async make({
    library,
    totalBytes,
    contextBytes,
    isForeign = false,
  }: PretendDriverOptions): Promise<PretendDriver> {
    const scratch = await scratchDirectory();
    const [use, gone, bin] = ['use', 'gone', 'bin'].map((name) => join(scratch.path, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [use, gone, bin]) await mkdir(folder);
    const lag = join(scratch.path, 'lag');
    await writeFile(lag, '0');
    const program = join(bin, 'nvidia-smi');
    await writeFile(
      program,
      nvidiaSmi(JSON.stringify({ use, gone, totalBytes, contextBytes, isForeign, lag })),
    );
    await chmod(program, 0o755);
    const settings = {
      RERANK_DEVICE: 'cuda',
      PATH: [bin, process.env['PATH'] ?? ''].join(delimiter),
      LD_LIBRARY_PATH: library,
      // Both reach the engines because they begin with CUDA_.
      CUDA_STUB_USE: use,
      CUDA_STUB_BYTES: String(totalBytes),
    };
    return new PretendDriver(settings, lag, scratch);
  }

  /** From now on, it goes on counting what a process held for so long after its end. */
  async freeAfter(ms: number): Promise<void> {
    await writeFile(this.#lagFile, String(ms));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scratch[Symbol.asyncDispose]();
  }
}

/** The program: a file by process id says what that process holds, and stays when it ends. */
function nvidiaSmi(options: string): string {
  return `#!/usr/bin/env node
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { use, gone, totalBytes, contextBytes, isForeign, lag } = ${options};
const clients = readdirSync(use).filter((name) => /^\\d+$/.test(name)).map((pid) => {
  const bytes = Number(readFileSync(use + '/' + pid, 'utf8').split(' ')[0]);
  return { pid, bytes: isHolding(pid) ? bytes + contextBytes : 0 };
}).filter(({ bytes }) => bytes > 0);
const mib = (bytes) => Math.round(bytes / 2 ** 20);
const used = clients.reduce((sum, { bytes }) => sum + bytes, 0);
const query = process.argv[2] ?? '';
if (query.startsWith('--query-gpu=')) {
  console.log(['0', 'GPU-0', 'Pretend', mib(totalBytes), mib(used), Math.max(0, mib(totalBytes - used)), 'Disabled'].join(', '));
} else if (query.startsWith('--query-compute-apps=')) {
  for (const { pid, bytes } of clients) console.log(['GPU-0', isForeign ? 4e6 + Number(pid) : pid, mib(bytes)].join(', '));
}
function isHolding(pid) {
  if (existsSync('/proc/' + pid)) return true;
  const lagMs = Number(readFileSync(lag, 'utf8'));
  const note = gone + '/' + pid;
  if (!existsSync(note)) writeFileSync(note, String(Date.now() + lagMs));
  return Date.now() < Number(readFileSync(note, 'utf8'));
}
`;
}
