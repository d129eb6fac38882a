import type { RaggedTokens } from '../engine/protocol.ts';
import type { Job } from './job.ts';

/** One pair of one job. */
export interface PairOfJob {
  readonly job: Job;
  readonly pair: number;
}

/** Pairs that run together, and how often an engine has already ended over them. */
export interface Batch {
  readonly pairs: readonly PairOfJob[];
  readonly lostEngines: number;
}

/** The token rows of a batch, back to back, in the order of its pairs. */
export function gatherTokens(pairs: readonly PairOfJob[]): RaggedTokens {
  const lengths = Uint32Array.from(pairs, ({ job, pair }) => job.lengthOf(pair));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const ids = new Int32Array(total);
  const typeIds = new Uint8Array(total);
  let at = 0;
  for (const { job, pair } of pairs) {
    const tokens = job.tokensOf(pair);
    ids.set(tokens.ids, at);
    typeIds.set(tokens.typeIds, at);
    at += tokens.ids.length;
  }
  return { lengths, ids, typeIds };
}

/** Tokens that the engine computes: every row is padded to the longest. */
export function paddedTokens(lengths: Uint32Array): number {
  return lengths.length * lengths.reduce((longest, length) => Math.max(longest, length), 0);
}

/** One batch a job, so that what is wrong with one job can't hurt another. */
export function splitByJob(pairs: readonly PairOfJob[], lostEngines: number): Batch[] {
  return [...Map.groupBy(pairs, ({ job }) => job).values()].map((own) => ({ pairs: own, lostEngines }));
}
