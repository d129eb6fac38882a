import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { SwapMode } from '../operation/operation-report.ts';
import type { PreparedModel } from '../preparation/preparation.ts';
import type { ChangeParts } from './change-parts.ts';

/** Decides how the new model comes in, and puts that, and what speaks against it, into the report. */
export async function settleMode(
  { modes }: Pick<ChangeParts, 'modes'>,
  operation: Operation,
  change: Change,
  prepared: PreparedModel,
): Promise<SwapMode> {
  const mode = await modes.choose(prepared, change.mode);
  operation.found({ mode });
  const doubt = mode.chosen === 'hold' ? await modes.doubtAlone(prepared) : undefined;
  if (doubt !== undefined) operation.warn(doubt);
  return mode.chosen;
}
