import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned, isIncoming } from '../incoming.ts';
import { finishOldRemovals } from '../removal.ts';
import { lastChange, TreeSizes } from '../tree-size.ts';

/** What somebody is writing changes more often. Process ids alone say nothing about other containers. */
const UNTOUCHED_MS = 3_600_000;

export interface LeftoverOptions {
  readonly stateDirectory: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly dryRun: boolean;
}

/**
 * Deletes what was begun and never finished: copies and compilations of processes that have ended.
 * @returns its bytes.
 */
export async function removeLeftovers({ stateDirectory, now, dryRun }: LeftoverOptions): Promise<number> {
  const sizes = new TreeSizes();
  let bytes = 0;
  for (const folder of ['models', 'compiled', 'plans']) {
    const root = join(stateDirectory, folder);
    if (!dryRun) await finishOldRemovals(root, now);
    for (const name of await readdir(root).catch(() => [])) {
      const path = join(root, name);
      if (!isIncoming(name) || !isAbandoned(name) || now - (await lastChange(path)) < UNTOUCHED_MS) continue;
      bytes += await sizes.of(path);
      if (!dryRun) await rm(path, { recursive: true, force: true });
    }
  }
  return bytes;
}
