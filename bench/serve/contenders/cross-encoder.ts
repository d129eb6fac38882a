import { LoggedProcess } from '../../server/logged-process.ts';
import type { LibraryContender, LibraryRound, RunningLibrary } from './contender.ts';
import { Dialogue } from './dialogue.ts';
import { pythonEnvironment, pythonProgram } from './python.ts';
import type { PythonSetup } from './python-server.ts';

export const LIBRARY_MODULES = ['sentence-transformers', 'torch', 'transformers'];

/** sentence-transformers' CrossEncoder, driven line by line. */
export function crossEncoder({ interpreter, checkpoint, cores, logFile }: PythonSetup): LibraryContender {
  return {
    kind: 'library',
    name: 'cross-encoder',
    start: async (file, signal) => {
      const process = await LoggedProcess.start({
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

function runningLibrary(process: LoggedProcess, dialogue: Dialogue): RunningLibrary {
  return {
    pid: process.pid,
    scores: async () => ((await dialogue.ask('scores')) as { scores: number[] }).scores,
    round: async (seconds) => (await dialogue.ask(`round ${seconds}`)) as LibraryRound,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}
