import { ServiceError } from '../../errors.ts';
import type { Generation } from '../../model/generation.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ModelSlot } from '../slot/model-slot.ts';
import type { ServingRecord } from '../state/serving-record.ts';
import type { Updater } from '../update/updater.ts';

export interface TakeBackParts {
  readonly slot: ModelSlot<Generation>;
  readonly updater: Updater;
  readonly record: ServingRecord;
  readonly logger: Logger;
}

/**
 * Goes back from a model that did badly on probation to the one before it, and puts its content into quarantine. An update that
 * is under way is given up for that.
 * @throws what a rollback throws.
 */
export async function takeBack(
  { slot, updater, record, logger }: TakeBackParts,
  bad: Generation,
  reason: string,
): Promise<void> {
  const { reference, digest } = bad.identity;
  logger.error({ digest }, `${reference} is taken back: ${reason}`);
  await updater.settle(
    new ServiceError('update_in_progress', `the update was given up: ${reference} is being taken back`, {
      detail: `${reason}. Ask for the update again.`,
    }),
  );
  // It may have made room for another one meanwhile, or have come back in place of one.
  const stillServes = slot.current?.identity.digest === digest;
  if (stillServes) await updater.rollback({}, { by: 'probation' }).outcome;
  await record.quarantine({ model: reference, digest }, reason);
  await record.forgetUnreferenced();
}
