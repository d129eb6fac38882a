import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import { systemClock } from '../platform/clock.ts';
import { createLogger } from '../platform/logger.ts';
import { createMetrics } from '../platform/metrics.ts';
import { openWorkshop, type Workshop } from '../workshop.ts';
import { CommandProgress, type ProgressOptions } from './command-progress.ts';
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
export async function openCommandWorkshop(
  config: Config,
  reference: string,
  options: ProgressOptions = {},
): Promise<CommandWorkshop> {
  const progress = new CommandProgress(process.stderr, systemClock, options);
  const directory = await directoryAt(reference);
  const workshop = await openWorkshop(config, {
    clock: systemClock,
    // That there is no GPU is known to whoever runs this line after line.
    logger: createLogger({
      level: options.onlyAtTerminal === true ? 'error' : 'warn',
      format: 'text',
      destination: progress,
    }),
    metrics: createMetrics({ readyEngines: () => 0 }),
    moreRoots: directory === undefined ? [] : [dirname(directory), dirname(await realpath(directory))],
    onProgress: progress.compiling,
  });
  return { ...workshop, reference: directory ?? reference, progress };
}
