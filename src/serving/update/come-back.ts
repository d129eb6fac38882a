import { messageOf, ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import { unwatched } from '../operation/phase.ts';
import { bringUp } from '../preparation/bring-up.ts';
import { announce } from '../slot/announce.ts';
import { bootCandidates } from '../state/history.ts';
import type { ServingState } from '../state/serving-state.ts';
import type { ChangeParts } from './change-parts.ts';

/** Loading what has just been served may fail for a moment, such as while memory is not back yet. */
const ATTEMPTS = 2;

/**
 * Loads the model again that was ended for one that failed; should it fail too, the one before it, and so on.
 * @param state as it was while that model served.
 * @param because what the new model failed on.
 * @throws ServiceError unavailable when nothing loads: then no model serves.
 */
export async function comeBack(
  { preparation, record, logger, metrics }: ChangeParts,
  state: ServingState | undefined,
  because: unknown,
): Promise<Generation> {
  for (const entry of state === undefined ? [] : bootCandidates(state)) {
    const { model: reference, digest, dtype } = entry;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const target = { reference, digest, dtype };
        const { load } = await bringUp(preparation, target, unwatched(), { isTight: true });
        const generation = await load();
        logger.warn(`${reference} serves again`);
        announce(generation, metrics);
        const isItself = digest === state?.digest && dtype === state.dtype;
        // A restart, a rollback and whoever asks must not go by the one that did not come back.
        if (!isItself) await record.swapped(entry);
        return generation;
      } catch (error) {
        logger.error(`${reference} does not come back: ${messageOf(error)}`);
        logger.debug({ err: error }, `${reference} does not come back, in full`);
      }
    }
  }
  throw new ServiceError('unavailable', `no model serves any more: ${messageOf(because)}`, {
    detail:
      'The model that served was ended to make room, and could not be loaded again. Restart the server.',
    cause: because,
  });
}
