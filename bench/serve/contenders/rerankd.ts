import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerContender } from './contender.ts';
import { startServer } from './http-contender.ts';

type RerankdDtype = 'int8' | 'fp32';

export interface RerankdSetup {
  readonly dtype: RerankdDtype;
  /** The checkpoint, in a directory of models. */
  readonly checkpoint: string;
  /** Kept between rounds, so that the model is compiled once. */
  readonly stateDirectory: string;
  readonly logFile: string;
  /** Documents that a request may have. */
  readonly mostDocuments: number;
}

/** rerankd, as this repository has it. */
export interface RerankdContender extends ServerContender {
  readonly setup: RerankdSetup;
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The server lets requests in flight end for 25 s by default. */
const END_TIMEOUT_MS = 30_000;

export function rerankd(setup: RerankdSetup): RerankdContender {
  return {
    kind: 'server',
    name: `rerankd-${setup.dtype}`,
    setup,
    start: (signal) =>
      startServer(
        (port) => ({
          command: process.execPath,
          args: ['src/main.ts'],
          cwd: repository,
          env: { ...process.env, ...settingsOf(setup), PORT: String(port) },
          logFile: setup.logFile,
          endTimeoutMs: END_TIMEOUT_MS,
        }),
        signal,
      ),
  };
}

/** What the bench sets. Other RERANK_* variables of the caller reach the server, so that a setting can be tried, for example RERANK_ENGINES=2. */
export function settingsOf({
  dtype,
  checkpoint,
  stateDirectory,
  mostDocuments,
}: RerankdSetup): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    RERANK_MODELS_DIR: dirname(checkpoint),
    RERANK_MODEL: `local://${basename(checkpoint)}`,
    RERANK_STATE_DIR: join(stateDirectory, dtype),
    RERANK_DTYPE: dtype,
    RERANK_DEVICE: 'cpu',
    // The same requests come again and again: remembering their scores would be no answer to the question.
    RERANK_SCORE_CACHE_BYTES: '0',
    // The longest queue of the sweep and the largest request shall end, not be refused; the others have no limits at all.
    RERANK_REQUEST_TIMEOUT_MS: '900000',
    RERANK_MAX_BODY_BYTES: String(64 * 2 ** 20),
    RERANK_MAX_DOCUMENTS: String(mostDocuments),
    RERANK_API_KEY: '',
    RERANK_ADMIN_KEY: '',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
  };
}
