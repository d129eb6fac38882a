import type { Config } from '../config.ts';
import { type Comparison, compareScorers } from '../model/agreement/compare.ts';
import { readProbeSet, shippedProbeSet } from '../model/agreement/probe-set.ts';
import { formatComparison } from '../model/agreement/report.ts';
import { wallClockScorer } from '../model/agreement/scorers.ts';
import type { Generation } from '../model/generation.ts';
import { systemClock } from '../platform/clock.ts';
import { loadModel, type WantedModel } from './load-model.ts';

export interface CompareRequest {
  readonly reference: WantedModel;
  readonly candidate: WantedModel;
  /** A file with queries and documents; the shipped set when left out. */
  readonly set?: string | undefined;
  readonly topK?: number | undefined;
  readonly threshold?: number | undefined;
  /** Prints JSON instead of a table. */
  readonly json: boolean;
}

/**
 * `rerankd compare A B`: how far B ranks as A does, and how fast.
 * @returns what to print.
 * @throws ServiceError that says which model can't be loaded, or what is wrong with the set.
 */
export async function compare(config: Config, request: CompareRequest): Promise<string> {
  const set = request.set === undefined ? shippedProbeSet() : await readProbeSet(request.set);
  const reference = await loadModel(config, request.reference);
  try {
    const candidate = await loadModel(config, request.candidate);
    try {
      const [before, after] = [
        wallClockScorer(reference.generation, systemClock),
        wallClockScorer(candidate.generation, systemClock),
      ];
      const comparison = await compareScorers(before, after, set, {
        signal: new AbortController().signal,
        ...(request.topK !== undefined && { topK: request.topK }),
        ...(request.threshold !== undefined && { threshold: request.threshold }),
      });
      return request.json
        ? JSON.stringify(comparison, null, 2)
        : table(comparison, reference.generation, candidate.generation);
    } finally {
      await candidate.close();
    }
  } finally {
    await reference.close();
  }
}

function table(comparison: Comparison, reference: Generation, candidate: Generation): string {
  return formatComparison(comparison, { reference: nameOf(reference), candidate: nameOf(candidate) });
}

function nameOf({ identity }: Generation): string {
  return `${identity.reference} (${identity.dtype})`;
}
