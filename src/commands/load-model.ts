import type { Config } from '../config.ts';
import type { Generation } from '../model/generation.ts';
import type { Dtype } from '../model/model-directory.ts';
import { unwatched } from '../serving/operation/phase.ts';
import { bringUp } from '../serving/preparation/bring-up.ts';
import type { ProgressOptions } from './command-progress.ts';
import { openCommandWorkshop } from './command-workshop.ts';

/** A model, and the dtype to take it in. */
export interface WantedModel {
  /** As in /update, or the path of a directory. */
  readonly reference: string;
  readonly dtype: Dtype;
}

export interface LoadedModel {
  readonly generation: Generation;
  /** Ends its processes. */
  readonly close: () => Promise<void>;
}

/**
 * Loads a model for a command, with all processors for it.
 * @throws ServiceError that says why it can't be loaded. Nothing is left running then.
 */
export async function loadModel(
  config: Config,
  { reference, dtype }: WantedModel,
  options: ProgressOptions = {},
): Promise<LoadedModel> {
  const {
    preparation,
    progress,
    work: directory,
    ...workshop
  } = await openCommandWorkshop({ ...config, dtype }, reference, options);
  try {
    const { enter, advance } = progress;
    const work = { ...unwatched(), enter, advance };
    const { load } = await bringUp(preparation, { reference: workshop.reference }, work);
    const generation = await load();
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
