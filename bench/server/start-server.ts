import { freePort } from './free-port.ts';
import { LoggedProcess, type ProcessCommand } from './logged-process.ts';
import { untilReady } from './until-ready.ts';

/** A server that is up and does nothing yet. Disposing it ends it. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Aborts when it ends unasked; the reason says why. */
  readonly ended: AbortSignal;
}

/** The first start of rerankd compiles the model; that of PyTorch reads gigabytes of libraries. */
const START_TIMEOUT_MS = 600_000;

/**
 * Starts a server on a free port and waits for its GET /readyz.
 * @throws the signal's reason, or an Error with the end of the server's log. Nothing is left running then.
 */
export async function startServer(
  command: (port: number) => Omit<ProcessCommand, 'stdout'>,
  signal: AbortSignal,
): Promise<RunningServer> {
  const port = await freePort();
  const process = await LoggedProcess.start({ ...command(port), stdout: 'log' });
  const url = `http://127.0.0.1:${port}`;
  try {
    const inTime = AbortSignal.timeout(START_TIMEOUT_MS);
    await untilReady(`${url}/readyz`, AbortSignal.any([signal, process.ended, inTime]));
    return {
      url,
      pid: process.pid,
      ended: process.ended,
      [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
    };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}
