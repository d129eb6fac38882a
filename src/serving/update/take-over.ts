import type { Generation } from '../../model/generation.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import { announce } from '../slot/announce.ts';
import type { ServingRecord } from '../state/serving-record.ts';
import type { ChangeParts, Swapped } from './change-parts.ts';

/**
 * What follows a swap: the new model is written down and watched, and the old one retires. The new one serves already: nothing that
 * goes wrong from here on may look like a failed update.
 */
export async function takeOver(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  { next, result, wantedDtype }: Swapped,
): Promise<void> {
  const { record, metrics, retirement, probation, standby } = parts;
  const { previous, lockHeldMs, held } = result;
  metrics.swapLock.observe(lockHeldMs / 1000);
  metrics.heldRequests.inc(held);
  operation.found({ lock_held_ms: Math.round(lockHeldMs * 1000) / 1000, held_requests: held });
  announce(next, metrics);
  operation.enter('persist');
  if (previous !== undefined) record.remember(entry(previous));
  const dtype = wantedDtype ?? change.target.dtype;
  const unkept = await record.swapped({ ...entry(next), ...(dtype && { dtype }) }, change.badBecause);
  noteUnkept(operation, record, unkept);
  const terms = change.kind === 'rollback' ? undefined : probation.terms(change.probation);
  const isWatched = terms !== undefined && previous !== undefined;
  const stays = isWatched && !previous.isClosed;
  if (stays) standby.keep(previous, record.state?.previous?.dtype);
  if (isWatched) probation.begin(next, previous, terms, operation);
  if (previous !== undefined) await retirement.retire(operation, previous, stays);
  await record.forgetUnreferenced();
  if (isWatched) operation.enter('probation');
}

/** @param unkept what the record could not write; undefined when it could. */
export function noteUnkept(operation: Operation, record: ServingRecord, unkept: string | undefined): void {
  if (unkept !== undefined) operation.warn(`${unkept}. A restart would serve ${record.atRestart}.`);
}

function entry({ identity }: Generation): { model: string; digest: string } {
  return { model: identity.reference, digest: identity.digest };
}
