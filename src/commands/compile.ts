import type { Config } from '../config.ts';
import { systemClock } from '../platform/clock.ts';
import { unwatched } from '../serving/phase.ts';
import { openCommandWorkshop } from './command-workshop.ts';

/**
 * `rerankd compile REF`: compiles a model ahead of time, in the state directory of the server that will serve it.
 * @returns what to print.
 * @throws ServiceError that says what can't be compiled.
 */
export async function compile(config: Config, reference: string): Promise<string> {
  const { preparation, staging, progress, ...workshop } = await openCommandWorkshop(config, reference);
  const startedAt = systemClock.now();
  const work = { ...unwatched(new AbortController().signal), enter: progress.enter };
  try {
    const staged = await preparation.stage({ reference: workshop.reference }, work);
    await staging.keepAhead(staged);
    const { graph } = await preparation.compile(staged, work);
    const seconds = ((systemClock.now() - startedAt) / 1000).toFixed(1);
    const megabytes = Math.round(graph.weightBytes / 2 ** 20);
    return `${reference} is ready to be served: ${graph.dtype}, ${megabytes} MiB of weights, ${seconds} s\n${graph.modelFile}`;
  } finally {
    progress.stop();
  }
}
