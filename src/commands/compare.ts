import type { Config } from '../config.ts';
import { type Comparison, compareScorers } from '../model/agreement/compare.ts';
import { readProbeSet, shippedProbeSet } from '../model/agreement/probe-set.ts';
import { formatComparison } from '../model/agreement/report.ts';
import { wallClockScorer } from '../model/agreement/scorers.ts';
import type { Generation } from '../model/generation.ts';
import type { Dtype } from '../model/model-directory.ts';
import { systemClock } from '../platform/clock.ts';
import { unwatched } from '../serving/phase.ts';
import { openCommandWorkshop } from './command-workshop.ts';

/** A model, and the dtype to take it in. */
interface Contender {
  readonly reference: string;
  readonly dtype: Dtype;
}

export interface CompareRequest {
  readonly reference: Contender;
  readonly candidate: Contender;
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
  const reference = await load(config, request.reference);
  try {
    const candidate = await load(config, request.candidate);
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

interface Loaded {
  readonly generation: Generation;
  readonly close: () => Promise<void>;
}

async function load(config: Config, { reference, dtype }: Contender): Promise<Loaded> {
  const {
    preparation,
    progress,
    work: directory,
    ...workshop
  } = await openCommandWorkshop({ ...config, dtype }, reference);
  try {
    const { enter, advance } = progress;
    const work = { ...unwatched(new AbortController().signal), enter, advance };
    const staged = await preparation.stage({ reference: workshop.reference }, work);
    const compiled = await preparation.compile(staged, work);
    const generation = await preparation.load(compiled, work, { together: true });
    const close = async (): Promise<void> => {
      await generation.close();
      await directory.release();
    };
    return { generation, close };
  } catch (error) {
    await directory.release();
    throw error;
  } finally {
    progress.stop();
  }
}

function table(comparison: Comparison, reference: Generation, candidate: Generation): string {
  return formatComparison(comparison, { reference: nameOf(reference), candidate: nameOf(candidate) });
}

function nameOf({ identity }: Generation): string {
  return `${identity.reference} (${identity.dtype})`;
}
