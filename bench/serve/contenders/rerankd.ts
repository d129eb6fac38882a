import { basename, dirname, join } from 'node:path';
import { benchSettings } from '../../server/bench-settings.ts';
import { startRerankd } from '../../server/start-rerankd.ts';
import type { ServerContender } from './contender.ts';

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

export function rerankd(setup: RerankdSetup): RerankdContender {
  return {
    kind: 'server',
    name: `rerankd-${setup.dtype}`,
    setup,
    start: (signal) => startRerankd(settingsOf(setup), setup.logFile, signal),
  };
}

/** What the bench sets. */
export function settingsOf({
  dtype,
  checkpoint,
  stateDirectory,
  mostDocuments,
}: RerankdSetup): Record<string, string> {
  return {
    ...benchSettings,
    RERANK_MODELS_DIR: dirname(checkpoint),
    RERANK_MODEL: `local://${basename(checkpoint)}`,
    RERANK_STATE_DIR: join(stateDirectory, dtype),
    RERANK_DTYPE: dtype,
    RERANK_DEVICE: 'cpu',
    // The longest queue of the sweep and the largest request shall end, not be refused; the others have no limits at all.
    RERANK_REQUEST_TIMEOUT_MS: '900000',
    RERANK_MAX_BODY_BYTES: String(64 * 2 ** 20),
    RERANK_MAX_DOCUMENTS: String(mostDocuments),
    LOG_LEVEL: 'warn',
  };
}
