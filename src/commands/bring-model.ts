import type { Config } from '../config.ts';
import { systemClock } from '../platform/clock.ts';
import { unwatched } from '../serving/operation/phase.ts';
import { openCommandWorkshop } from './command-workshop.ts';

/** A model that a server with the same state directory loads without any further work. */
export interface BroughtModel {
  /** In its canonical spelling. */
  readonly reference: string;
  readonly digest: string;
  readonly dtype: string;
  readonly weightBytes: number;
  /** The graph that engines load. */
  readonly modelFile: string;
  readonly seconds: number;
}

/**
 * Brings a model into the state directory, verifies and compiles it, and has servers spare it until it has served.
 * @param reference as in /update, or the path of a directory
 * @throws ServiceError that says what can't be brought or compiled.
 */
export async function bringModel(config: Config, reference: string): Promise<BroughtModel> {
  const { preparation, staging, progress, work, ...workshop } = await openCommandWorkshop(config, reference);
  const startedAt = systemClock.now();
  const { enter, advance } = progress;
  const watched = { ...unwatched(), enter, advance };
  try {
    const staged = await preparation.stage({ reference: workshop.reference }, watched);
    await staging.keepAhead(staged);
    const { graph } = await preparation.compile(staged, watched);
    return {
      reference: staged.reference,
      digest: staged.digest,
      dtype: graph.dtype,
      weightBytes: graph.weightBytes,
      modelFile: graph.modelFile,
      seconds: (systemClock.now() - startedAt) / 1000,
    };
  } finally {
    progress.stop();
    await work.release();
  }
}
