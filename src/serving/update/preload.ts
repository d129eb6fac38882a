import type { NamedModel } from '../../model/loadable-model.ts';
import type { Change } from '../operation/change-request.ts';
import type { Operation } from '../operation/operation.ts';
import type { ChangeParts } from './change-parts.ts';

/** Compiles a staged model as an update would, and has it wait for one. Nothing that serves is touched. */
export async function makeReady(
  { preparation, modes }: Pick<ChangeParts, 'preparation' | 'modes'>,
  operation: Operation,
  { target }: Change,
  staged: NamedModel,
): Promise<void> {
  await preparation.compile(staged, operation, target.dtype, await modes.isTight(staged));
  operation.signal.throwIfAborted();
  await preparation.keepAhead(staged);
}
