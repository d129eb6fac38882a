import type { Generation } from '../../model/generation.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { PreparedModel } from '../preparation/preparation.ts';
import type { ChangeParts, Swapped } from './change-parts.ts';

/** Loads the new model while the old one serves, looks at it, and moves the requests over. */
export async function swapBeside(
  parts: ChangeParts,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<Swapped> {
  const next = await loadBeside(parts, operation, change, prepared);
  try {
    operation.enter('swap');
    operation.commit();
  } catch (error) {
    await next.close();
    throw error;
  }
  return { next, result: await parts.slot.swap(next), wantedDtype: prepared.wantedDtype };
}

/**
 * Loads a model while another one serves, and looks at it.
 * @throws ServiceError invalid_model, rejected_by_gate; the reason of the operation's signal. Nothing is left running then.
 */
export async function loadBeside(
  { preparation, gates, shadow, slot }: ChangeParts,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<Generation> {
  const next = await preparation.load(prepared, operation, { beside: slot.current !== undefined });
  try {
    operation.enter('check');
    await gates.check(next, prepared, change, operation, slot.current);
    if (change.shadow !== undefined) {
      const { force: forced, threshold } = change;
      const terms = { limits: gates.limits(change), threshold, forced };
      await shadow.run(next, change.shadow, terms, operation);
    }
    return next;
  } catch (error) {
    await next.close();
    throw error;
  }
}
