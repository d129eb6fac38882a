import type { Config } from '../../config.ts';
import { wallClockScorer } from '../../model/agreement/scorers.ts';
import type { Clock } from '../../platform/clock.ts';
import { loadModel } from '../load-model.ts';
import { slices } from './slices.ts';

interface LocalScoring {
  readonly reference: string;
  readonly query: string;
  readonly documents: readonly string[];
  readonly clock: Clock;
  /** Told how many documents are scored. */
  readonly onProgress: (done: number) => void;
}

/** So many at a time, so that there is something to tell in between. */
const SLICE = { documents: 1000, bytes: 16 * 2 ** 20 } as const;

/**
 * Loads a model in processes of its own, scores documents, and ends them.
 * @returns a logit for each document.
 * @throws ServiceError that says why the model can't be loaded.
 */
export async function scoreHere(config: Config, scoring: LocalScoring): Promise<Float32Array> {
  const { reference, query, documents, clock, onProgress } = scoring;
  const loaded = await loadModel(config, { reference, dtype: config.dtype }, { onlyAtTerminal: true });
  try {
    const scorer = wallClockScorer(loaded.generation, clock);
    const logits = new Float32Array(documents.length);
    const { signal } = new AbortController();
    for (const { start, part } of slices(documents, SLICE)) {
      logits.set((await scorer.score(query, part, signal)).logits, start);
      onProgress(start + part.length);
    }
    return logits;
  } finally {
    await loaded.close();
  }
}
