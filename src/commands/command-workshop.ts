import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import { systemClock } from '../platform/clock.ts';
import { createLogger } from '../platform/logger.ts';
import { createMetrics } from '../platform/metrics.ts';
import { openWorkshop, type Workshop } from '../workshop.ts';
import { CommandProgress } from './command-progress.ts';
import { directoryAt } from './directory-at.ts';

export interface CommandWorkshop extends Workshop {
  /** The model as `Preparation` understands it. */
  readonly reference: string;
  readonly progress: CommandProgress;
}

/**
 * A workshop for a command that somebody runs at a terminal: progress and warnings go to standard error, and the model may
 * lie anywhere. The allow-list is there for requests from elsewhere; who types a path may read it.
 * @param reference as in /update, or the path of a directory
 */
export async function openCommandWorkshop(config: Config, reference: string): Promise<CommandWorkshop> {
  const progress = new CommandProgress(process.stderr, systemClock);
  const directory = await directoryAt(reference);
  const workshop = await openWorkshop(config, {
    clock: systemClock,
    logger: createLogger({ level: 'warn', format: 'text', destination: 2 }),
    metrics: createMetrics({ readyEngines: () => 0 }),
    moreRoots: directory === undefined ? [] : [dirname(directory), dirname(await realpath(directory))],
    onProgress: progress.compiling,
  });
  return { ...workshop, reference: directory ?? reference, progress };
}
