import { mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InstalledMark, lastWords, nobodyAnswered } from './installation.ts';
import { runProgram } from './run-program.ts';

const INSTALL_MS = 900_000;
const OLDEST_PYTHON = 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 3)';

/** A virtual environment outside of the repository, made when it is first needed. */
export class PythonEnvironment {
  readonly #directory: string;
  readonly #requirements: string;

  /**
   * @param name of the environment
   * @param requirements the file that lists all that is installed in it
   */
  constructor(name: string, requirements: string) {
    const root = process.env.RERANK_INTEROP_VENV ?? join(tmpdir(), 'rerankd-interop');
    this.#directory = join(root, name);
    this.#requirements = requirements;
  }

  /** The path of one of its programs. */
  program(name: string): string {
    return join(this.#directory, 'bin', name);
  }

  /**
   * @returns why it can't be made here; undefined when it is there.
   * @throws Error when it could be made, and making it fails.
   */
  async install(): Promise<string | undefined> {
    const directory = this.#directory;
    const mark = new InstalledMark(directory, [await readFile(this.#requirements, 'utf8')]);
    if (await mark.isThere()) return undefined;
    const found = await runProgram('python3', ['-c', OLDEST_PYTHON], { timeoutMs: 30_000 });
    if (found.code !== 0) return 'it needs python3, 3.11 or later';
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const made = await runProgram('python3', ['-m', 'venv', directory], { timeoutMs: 120_000 });
    if (made.code !== 0) throw new Error(`python3 -m venv failed:\n${lastWords(made)}`);
    const argv = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--retries', '1', '-r', this.#requirements];
    const installed = await runProgram(this.program('python'), argv, { timeoutMs: INSTALL_MS });
    if (nobodyAnswered(installed)) return 'PyPI does not answer';
    if (installed.code !== 0) throw new Error(`pip install failed:\n${lastWords(installed)}`);
    await mark.put();
    return undefined;
  }
}
