import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from './start-server.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The server lets requests in flight end for 25 s by default. */
const END_TIMEOUT_MS = 30_000;

/**
 * Starts rerankd, as this repository has it, and waits until it is ready.
 * @param settings what the bench sets. Other RERANK_* variables of the caller reach the server, so that a setting can be tried, for
 * example RERANK_ENGINES=2
 * @throws the signal's reason, or an Error with the end of the server's log. Nothing is left running then.
 */
export function startRerankd(
  settings: Readonly<Record<string, string>>,
  logFile: string,
  signal: AbortSignal,
): Promise<RunningServer> {
  return startServer(
    (port) => ({
      command: process.execPath,
      args: ['src/main.ts'],
      cwd: repository,
      env: { ...process.env, ...settings, PORT: String(port) },
      logFile,
      endTimeoutMs: END_TIMEOUT_MS,
    }),
    signal,
  );
}
