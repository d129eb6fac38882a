import { ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ServingRecord } from '../state/serving-record.ts';
import type { Updater } from './updater.ts';

export interface TakeBackParts {
  readonly updater: Updater;
  readonly record: ServingRecord;
  readonly logger: Logger;
}

/**
 * Goes back from a model that does badly on probation, and so serves, to the one before it, and puts its content into quarantine.
 * An update that is under way is given up for that.
 * @throws what a rollback throws. Then the model serves on, and is not in quarantine.
 */
export async function takeBack(
  { updater, record, logger }: TakeBackParts,
  bad: Generation,
  reason: string,
): Promise<void> {
  const { reference: model, digest } = bad.identity;
  const dtype = formOf(digest, record);
  logger.error({ digest }, `${model} is taken back: ${reason}`);
  await updater.settle(
    new ServiceError('update_in_progress', `the update was given up: ${model} is being taken back`, {
      detail: `${reason}. Ask for the update again.`,
    }),
  );
  // It may have made room for another one meanwhile, or have come back in place of one.
  const stillServes = record.state?.digest === digest && record.state.dtype === dtype;
  // Within the operation, so that the next one finds it done.
  if (stillServes) await updater.rollback({ badBecause: reason }, { by: 'probation' }).outcome;
  // Its copy goes when the next operation tidies up: one may have begun by now.
  else await record.quarantine({ model, digest, ...(dtype && { dtype }) }, reason);
}

/** The form that was asked for. */
function formOf(digest: string, { state }: ServingRecord) {
  return state?.digest === digest ? state.dtype : undefined;
}
