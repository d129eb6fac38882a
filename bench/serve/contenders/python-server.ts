import { startServer } from '../../server/start-server.ts';
import type { ServerContender } from './contender.ts';
import { pythonEnvironment, pythonProgram } from './python.ts';

export interface PythonSetup {
  readonly interpreter: string;
  readonly checkpoint: string;
  readonly cores: number;
  readonly logFile: string;
}

export const SERVER_MODULES = ['fastapi', 'uvicorn', 'torch', 'transformers'];

/** The reference design: FastAPI and PyTorch, a lock around the model. */
export function pythonServer({ interpreter, checkpoint, cores, logFile }: PythonSetup): ServerContender {
  return {
    kind: 'server',
    name: 'python',
    start: (signal) =>
      startServer(
        (port) => ({
          command: interpreter,
          args: [pythonProgram('server.py'), checkpoint, String(port), String(cores)],
          env: pythonEnvironment(),
          logFile,
          endTimeoutMs: 0,
        }),
        signal,
      ),
  };
}
