import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { GOLDEN_FILE } from '../../model/model-files.ts';
import type { Candidate } from './candidate.ts';
import { type Finding, failed } from './finding.ts';
import { checkGolden } from './golden-check.ts';
import { type GoldenSet, readGoldenSet } from './golden-set.ts';

/** A golden set that must pass, or why it can't be read. */
export type GoldenSource = GoldenSet | Finding;

/**
 * Reads the golden set that a model brings along, if it does, and the operator's.
 * @param operatorFile RERANK_GOLDEN
 */
export async function readGoldenSources(
  directory: string,
  operatorFile: string | undefined,
): Promise<GoldenSource[]> {
  const own = join(directory, GOLDEN_FILE);
  const hasOwn = await stat(own).then(
    () => true,
    () => false,
  );
  return [
    ...(hasOwn ? [await readSource(own, `${GOLDEN_FILE} of the model`)] : []),
    ...(operatorFile === undefined ? [] : [await readSource(operatorFile, operatorFile)]),
  ];
}

/** How many queries it asks. */
export function queriesIn(source: GoldenSource): number {
  return 'queries' in source ? source.queries.length : 0;
}

/** What somebody wants to be looked at and nobody can look at has not passed. */
export async function lookAt(
  source: GoldenSource,
  candidate: Candidate,
  signal: AbortSignal,
  advance: () => void,
): Promise<Finding> {
  return 'queries' in source ? await checkGolden(source, candidate, signal, advance) : source;
}

async function readSource(path: string, name: string): Promise<GoldenSource> {
  try {
    return await readGoldenSet(path, name);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return failed(error.message);
  }
}
