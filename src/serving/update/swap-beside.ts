import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { PreparedModel } from '../preparation/preparation.ts';
import type { ChangeParts, Swapped } from './change-parts.ts';

/**
 * Loads the new model while the old one serves, looks at it, and moves the requests over.
 * @returns undefined when it was a dry run.
 */
export async function swapBeside(
  { preparation, gates, shadow, slot }: ChangeParts,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<Swapped | undefined> {
  const next = await preparation.load(prepared, operation, { beside: slot.current !== undefined });
  try {
    operation.enter('check');
    await gates.check(next, prepared, change, operation, slot.current);
    if (change.shadow !== undefined) {
      const { force: forced, threshold } = change;
      const terms = { limits: gates.limits(change), threshold, forced };
      await shadow.run(next, change.shadow, terms, operation);
    }
    if (change.dryRun) {
      await next.close();
      return undefined;
    }
    operation.enter('swap');
    operation.commit();
  } catch (error) {
    await next.close();
    throw error;
  }
  return { next, result: await slot.swap(next), wantedDtype: prepared.wantedDtype };
}
