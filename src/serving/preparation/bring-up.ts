import type { Generation } from '../../model/generation.ts';
import type { Progressing } from '../operation/phase.ts';
import type { Target } from '../operation/target.ts';
import type { Preparation, PreparedModel } from './preparation.ts';

/** A model that is ready to be loaded. */
export interface LoadReady {
  readonly model: PreparedModel;
  /**
   * Loads and warms it.
   * @throws ServiceError invalid_model. Nothing is left running then.
   */
  readonly load: () => Promise<Generation>;
}

export interface BringUpOptions {
  /** What was not measured before is assumed: requests wait, or there is no room. */
  readonly isTight?: boolean;
}

/**
 * Brings a model up that is to serve without another one beside it, and so gets all processors: stages and compiles it, and leaves
 * its load to the moment that suits the caller.
 * @throws what staging and compiling throw.
 */
export async function bringUp(
  preparation: Pick<Preparation, 'stage' | 'compile' | 'load'>,
  target: Target,
  work: Progressing,
  { isTight = false }: BringUpOptions = {},
): Promise<LoadReady> {
  const staged = await preparation.stage(target, work);
  const model = await preparation.compile(staged, work, target.dtype, isTight);
  return { model, load: () => preparation.load(model, work, { together: true }) };
}
