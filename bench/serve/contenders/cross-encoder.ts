import { createInterface } from 'node:readline';
import { ContenderProcess } from '../process/contender-process.ts';
import type { LibraryContender, LibraryRound, RunningLibrary } from './contender.ts';
import { pythonEnvironment, pythonProgram } from './python.ts';
import type { PythonSetup } from './python-server.ts';

export const LIBRARY_MODULES = ['sentence-transformers', 'torch', 'transformers'];

/** sentence-transformers' CrossEncoder, driven line by line. */
export function crossEncoder({ interpreter, checkpoint, cores, logFile }: PythonSetup): LibraryContender {
  return {
    kind: 'library',
    name: 'cross-encoder',
    start: async (file, signal) => {
      const process = await ContenderProcess.start({
        command: interpreter,
        args: [pythonProgram('cross_encoder.py'), checkpoint, file.path, String(cores)],
        env: pythonEnvironment(),
        logFile,
        stdout: 'pipe',
        endTimeoutMs: 0,
      });
      const dialogue = new Dialogue(process, AbortSignal.any([signal, process.ended]));
      try {
        await dialogue.read();
      } catch (error) {
        await process[Symbol.asyncDispose]();
        throw error;
      }
      return runningLibrary(process, dialogue);
    },
  };
}

function runningLibrary(process: ContenderProcess, dialogue: Dialogue): RunningLibrary {
  return {
    pid: process.pid,
    scores: async () => ((await dialogue.ask('scores')) as { scores: number[] }).scores,
    round: async (seconds) => (await dialogue.ask(`round ${seconds}`)) as LibraryRound,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** One line there, one line back. */
class Dialogue {
  readonly #process: ContenderProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stopped: Promise<never>;

  constructor(process: ContenderProcess, stop: AbortSignal) {
    const { stdout } = process.child;
    if (stdout === null) throw new TypeError('its output must be a pipe');
    this.#process = process;
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.#stopped = new Promise((_, reject) => {
      if (stop.aborted) reject(stop.reason);
      stop.addEventListener('abort', () => reject(stop.reason), { once: true });
    });
    this.#stopped.catch(() => {});
  }

  async ask(order: string): Promise<unknown> {
    this.#process.child.stdin?.write(`${order}\n`);
    return await this.read();
  }

  /** @throws the signal's reason. */
  async read(): Promise<unknown> {
    const { value, done } = await Promise.race([this.#lines.next(), this.#stopped]);
    // The end of its log says more than that its output is over.
    if (done === true) return await this.#stopped;
    return JSON.parse(value);
  }
}
